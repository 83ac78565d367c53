import CLaunch

if let arguments = Arguments() {
    let signals = launch_open_signals()
    if signals >= 0 {
        Launch(arguments: arguments, signals: signals).run()
    }
    launch_exit(1)
}
launch_exit(2)
