import HostNetwork
import Testing

struct ProcessRunnerTests {
    let runner = ProcessRunner()

    @Test func `large input and output flow at the same time`() throws {
        let text = String(repeating: "0123456789abcdef\n", count: 100_000)
        let result = try runner.run("cat", [], input: text)
        #expect(result.output == text)
        #expect(result.errorOutput.isEmpty)
        #expect(result.exitStatus == 0)
    }

    @Test func `a program that doesn't read its input does no harm`() throws {
        let text = String(repeating: "x", count: 4 << 20)
        #expect(try runner.run("true", [], input: text).exitStatus == 0)
    }

    @Test func `exit status and error output are told`() throws {
        let result = try runner.run("sh", ["-c", "echo out; echo wrong >&2; exit 3"])
        #expect(result == ProcessResult(exitStatus: 3, output: "out\n", errorOutput: "wrong\n"))
    }

    @Test func `a signal is told as a shell tells it`() throws {
        #expect(try runner.run("sh", ["-c", "kill -9 $$"]).exitStatus == 137)
    }

    @Test(arguments: ["exec sleep 60", "exec sleep 60 >/dev/null 2>&1"])
    func `a program that doesn't end is killed`(script: String) {
        var runner = runner
        runner.timeLimit = .milliseconds(200)
        #expect(throws: ProcessError.timedOut(program: "sh", limit: .milliseconds(200))) {
            try runner.run("sh", ["-c", script])
        }
    }

    @Test func `a program that floods us is killed`() {
        var runner = runner
        runner.outputLimit = 100_000
        #expect(throws: ProcessError.tooMuchOutput(program: "yes", limit: 100_000)) { try runner.run("yes", []) }
    }

    @Test func `a missing program is named with the folders`() {
        let runner = ProcessRunner(folders: ["/nonexistent"])
        let error = ProcessError.notFound(program: "iptables-save", folders: ["/nonexistent"])
        #expect(throws: error) { try runner.run("iptables-save", []) }
        #expect(error.description == "iptables-save was not found, expected it in /nonexistent: install it")
    }

    @Test func `nothing of our environment and descriptors reaches the program`() throws {
        let environment = try runner.run("sh", ["-c", "env | sed 's/=.*//' | grep -vx -e _ -e PWD -e SHLVL -e OLDPWD"])
        #expect(environment.output.split(separator: "\n").sorted() == ["LC_ALL", "PATH"])
        // The fourth is ls's own, for the folder.
        #expect(try runner.run("ls", ["/proc/self/fd"]).output == "0\n1\n2\n3\n")
    }
}
