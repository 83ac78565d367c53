import NIOSSL

/// Why there is no TLS connection.
package enum TLSProblem: Sendable, Hashable {
    /// The certificate isn't signed by a trusted authority, or isn't valid at this time.
    case unverified
    /// The certificate is valid, but for another host.
    case otherHost
    /// The file with the authorities to trust can't be read, or has none.
    case authorityFile
    /// Anything else, such as a server that doesn't speak TLS.
    case handshake(String)

    /// Translates an error of the TLS library; nil when it isn't an error of TLS.
    init?(_ error: any Error) {
        switch error {
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            self = .otherHost
        case NIOSSLError.handshakeFailed(let cause):
            let text = String(describing: cause)
            self = text.contains("CERTIFICATE_VERIFY_FAILED") ? .unverified : .handshake(text)
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            self = .unverified
        case NIOSSLError.failedToLoadCertificate, NIOSSLError.noSuchFilesystemObject:
            self = .authorityFile
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            let text = String(describing: error)
            self = text.contains("NO_CERTIFICATE_OR_CRL_FOUND") ? .authorityFile : .handshake(text)
        default: return nil
        }
    }
}

extension TLSProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unverified:
            "the server's certificate isn't trusted, or isn't valid at this time; name the file of the authority that "
                + "signed it (couchdb_ca_file, status_database_ca_file), and check the clock and the certificate's dates"
        case .otherHost:
            "the server's certificate is for another host; use the name in the certificate as the host of the URL"
        case .authorityFile:
            "the file with the certificate authorities can't be read as PEM "
                + "(couchdb_ca_file, status_database_ca_file)"
        case .handshake(let reason):
            "no TLS with the server; check that it speaks https at this port: \(reason)"
        }
    }
}
