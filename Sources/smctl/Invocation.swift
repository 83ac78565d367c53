import ArgumentParser
import ControlAPI

/// One run of smctl, from its arguments to its exit status.
package enum Invocation {
    /// Runs smctl; every error becomes a sentence on `output.note` and an exit status.
    package static func run(_ arguments: [String], output: Output) async -> ExitStatus {
        do {
            if let complaint = Words.complaint(arguments) { throw complaint }
            var command = try Smctl.parseAsRoot(arguments)
            if let verb = command as? any Verb { return try await verb.run(output) }
            // Help and completion scripts are commands of the parser, which end in a clean exit.
            try command.run()
            return .ok
        } catch let error as ControlError {
            output.note("smctl: \(error)")
            return ExitStatus(error)
        } catch let complaint as Complaint {
            output.note("smctl: \(complaint)")
            return .usage
        } catch {
            return parsing(error, output: output)
        }
    }

    private static func parsing(_ error: any Error, output: Output) -> ExitStatus {
        let message = Smctl.fullMessage(for: error)
        switch Smctl.exitCode(for: error) {
        case .success:
            // The parser doesn't wrap the line of usage.
            for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
                for part in Wrapping.lines(String(line), width: output.width(), indent: 7) { output.line(part) }
            }
            return .ok
        case .validationFailure:
            output.note(message)
            return .usage
        default:
            output.note(message)
            return .internalError
        }
    }
}
