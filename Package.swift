// swift-tools-version: 6.2

import PackageDescription

/// What every target of ours is compiled with.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// `launch` runs twice per service, so it is built without the Swift runtime's metadata (Embedded Swift).
let embeddedSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableExperimentalFeature("Embedded"),
    .treatAllWarnings(as: .error),
    .unsafeFlags(["-wmo"]),
]

let package = Package(
    name: "service-manager",
    products: [
        .library(name: "IPVS", targets: ["IPVS"]),
        .executable(name: "service-managerd", targets: ["service-managerd"]),
        .executable(name: "smctl", targets: ["smctl"]),
        .executable(name: "launch", targets: ["launch"]),
        .executable(name: "service-managerd-generator", targets: ["service-managerd-generator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    ],
    targets: [
        // Pure values and decisions: no I/O.
        .target(name: "Addresses", swiftSettings: settings),
        .target(name: "Backoff", swiftSettings: settings),
        .target(name: "ImageReferences", swiftSettings: settings),
        .target(name: "PercentEncoding", swiftSettings: settings),
        .target(
            name: "ServiceModel",
            dependencies: ["Addresses", "Backoff", "ImageReferences"],
            swiftSettings: settings
        ),

        // Leaf clients: each knows one protocol, and none knows another.
        .systemLibrary(
            name: "CNetlink",
            pkgConfig: "libnl-genl-3.0",
            providers: [.apt(["libnl-3-dev", "libnl-genl-3-dev"])]
        ),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "BlockingCalls", swiftSettings: settings),
        .target(
            name: "Lines",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings
        ),
        .target(
            name: "ConnectionLimits",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings
        ),
        .target(name: "Netlink", dependencies: ["CNetlink"], swiftSettings: settings),
        .target(
            name: "IPVS",
            dependencies: ["Addresses", "BlockingCalls", "CNetlink", "Netlink"],
            swiftSettings: settings
        ),
        .target(
            name: "Systemd",
            dependencies: ["BlockingCalls", "CSystemd", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .target(
            name: "Docker",
            dependencies: [
                "Backoff", "ImageReferences", "Lines", "PercentEncoding",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "CouchDB",
            dependencies: [
                "Backoff", "BlockingCalls", "Lines", "PercentEncoding",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "DefinitionDirectory",
            dependencies: [
                "BlockingCalls",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "HostNetwork",
            dependencies: ["Addresses", "BlockingCalls", "CNetlink", "Netlink"],
            swiftSettings: settings
        ),

        // The shell around the core, and the daemon's and the operator's two ends of the control socket.
        .target(
            name: "ServiceManager",
            dependencies: [
                "Addresses", "Backoff", "BlockingCalls", "ConnectionLimits", "CouchDB", "DefinitionDirectory", "Docker",
                "HostNetwork", "ImageReferences", "IPVS", "ServiceModel", "Systemd",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ControlAPI",
            dependencies: [
                "Lines", "PercentEncoding", "ServiceModel",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOFoundationEssentialsCompat", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "ControlServer",
            dependencies: [
                "ConnectionLimits", "ControlAPI", "ServiceModel",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),

        // Programs.
        .target(name: "CCompatibility", linkerSettings: [.linkedLibrary("m")]),
        .executableTarget(
            name: "service-managerd",
            dependencies: [
                "Addresses", "BlockingCalls", "CCompatibility", "ControlAPI", "ControlServer", "CouchDB",
                "DefinitionDirectory", "Docker", "HostNetwork", "IPVS", "ServiceManager", "ServiceModel", "Systemd",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "smctl",
            dependencies: [
                "CCompatibility", "ControlAPI", "ServiceModel",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            resources: [.embedInCode("service-definition.schema.json")],
            swiftSettings: settings
        ),
        .target(name: "CLaunch"),
        .executableTarget(
            name: "launch",
            dependencies: ["CLaunch"],
            swiftSettings: embeddedSettings,
            linkerSettings: [.linkedLibrary("m")]
        ),
        .executableTarget(
            name: "docker-check",
            dependencies: [
                "Docker", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/Host/DockerCheck",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "service-managerd-generator",
            dependencies: ["CCompatibility"],
            swiftSettings: settings
        ),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .testTarget(name: "AddressesTests", dependencies: ["Addresses"], swiftSettings: settings),
        .testTarget(
            name: "ControlTests",
            dependencies: [
                "ControlAPI", "ControlServer", "ServiceModel", "smctl", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "CouchDBTests",
            dependencies: [
                "CouchDB", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            resources: [.copy("Fixtures/transcripts"), .copy("Fixtures/tls")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DefinitionDirectoryTests",
            dependencies: ["DefinitionDirectory", "TestSupport"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "DockerTests",
            dependencies: [
                "Docker", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            exclude: ["Recorded"],
            swiftSettings: settings
        ),
        .testTarget(name: "GeneratorTests", swiftSettings: settings),
        .testTarget(
            name: "HostNetworkTests",
            dependencies: ["Addresses", "HostNetwork", "network-check"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "IPVSTests",
            dependencies: ["IPVS", "Netlink"],
            exclude: ["Fixtures"],
            swiftSettings: settings
        ),
        .testTarget(name: "LaunchTests", swiftSettings: settings),
        .testTarget(
            name: "ServiceManagerTests",
            dependencies: [
                "Addresses", "BlockingCalls", "CouchDB", "Docker", "HostNetwork", "IPVS", "Netlink", "ServiceManager",
                "ServiceModel", "Systemd", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "ServiceModelTests",
            dependencies: ["Addresses", "ServiceModel", "TestSupport"],
            swiftSettings: settings
        ),

        .testTarget(
            name: "SystemdTests",
            dependencies: ["Systemd", "TestSupport", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings
        ),
        .testTarget(name: "TrafficTests", dependencies: ["traffic"], swiftSettings: settings),

        // What measures the daemon on the machine that it is built on.
        .executableTarget(
            name: "reaction-times",
            dependencies: [
                "Addresses", "DefinitionDirectory", "Docker", "ServiceManager", "ServiceModel", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/ReactionTimes",
            swiftSettings: settings
        ),

        // What runs inside the test host.
        .executableTarget(
            name: "ipvs-check",
            dependencies: ["IPVS"],
            path: "Tests/Host/IPVSCheck",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "network-check",
            dependencies: ["Addresses", "HostNetwork"],
            path: "Tests/Host/NetworkCheck",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "standin-couchdb",
            dependencies: ["TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Host/StandInCouchDB",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "systemd-check",
            dependencies: ["Systemd", .product(name: "Logging", package: "swift-log")],
            path: "Tests/Host/SystemdCheck",
            swiftSettings: settings
        ),
        .executableTarget(name: "traffic", path: "Tests/Traffic", swiftSettings: settings),
    ]
)
