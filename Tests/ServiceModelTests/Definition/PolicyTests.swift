import Addresses
import Testing

@testable import ServiceModel

@Suite struct `A host's policy` {
    private func definition(
        _ image: String = "registry.example.org/team/web:1",
        _ adjust: (inout ServiceDefinition) -> Void = { _ in }
    ) throws -> ServiceDefinition {
        ServiceDefinition(image: image, port: try #require(Port(80)), adjust: adjust)
    }

    @Test func `allows everything where it has no rule`() throws {
        let asked = try definition {
            $0.user = "0"
            $0.network = "host"
            $0.volumes = [Volume(source: .bind("/"), target: "/host")]
            $0.wants = ["sshd.service"]
        }
        #expect(Policy().violations(of: asked).isEmpty)
    }

    @Test(arguments: [
        ("registry.example.org/team/", "registry.example.org/team/web:1", true),
        ("registry.example.org/team/", "registry.example.org/team/a/b@sha256:0", true),
        ("registry.example.org/team/", "registry.example.org/teams/web:1", false),
        ("registry.example.org/team/", "registry.example.org/team:1", false),
        ("registry.example.org/team/", "team/web", false),
        ("registry.example.org/", "registry.example.org:5000/team/web", false),
        ("registry.example.org/team/web", "registry.example.org/team/web:7", true),
        ("registry.example.org/team/web", "registry.example.org/team/web-evil", false),
        ("nginx", "nginx:1", true), ("nginx", "docker.io/library/nginx:1", true),
        ("nginx", "index.docker.io/library/nginx", true), ("nginx", "evil/nginx", false),
        ("docker.io/library/", "nginx", true), ("docker.io/library/", "someone/nginx", false),
        ("docker.io/", "someone/nginx", true), ("docker.io/", "registry.example.org/nginx", false),
        ("library/", "nginx", true), ("localhost/", "localhost/web:1", true),
    ])
    func `allows images by their repository, as Docker completes its name`(
        rule: String,
        image: String,
        fits: Bool
    ) throws {
        var policy = Policy()
        policy.allowed[.images] = [rule]
        #expect(policy.violations(of: try definition(image)).isEmpty == fits)
    }

    @Test(arguments: [
        ("/srv", "/srv", true), ("/srv", "/srv/web", true), ("/srv/", "/srv//web/", true), ("/srv", "/srv/./web", true),
        ("/srv", "/srvx", false), ("/srv", "/srv/../etc", false), ("/srv", "/", false), ("/srv/web", "/srv", false),
    ])
    func `allows paths of the host by the folder that they are in`(folder: String, path: String, fits: Bool) throws {
        var policy = Policy()
        policy.allowed[.mounts] = [folder]
        policy.allowed[.files] = [folder]
        let asked = try definition {
            $0.volumes = [
                Volume(source: .named("data"), target: "/data"), Volume(source: .bind(path), target: "/a"),
                Volume(source: .tmpfs, target: "/tmp"),
            ]
            $0.environment = [EnvironmentVariable(name: "KEY", value: .file(path))]
        }
        let found = policy.violations(of: asked)
        #expect(found.map(\.path) == (fits ? [] : ["volumes[1]", "environment.KEY"]))
        #expect(found.map(\.rule) == (fits ? [] : [.mounts, .files]))
    }

    @Test func `holds for networks, users, credentials and units by their names, those that are left out included`()
        throws
    {
        var policy = Policy()
        policy.allowed[.networks] = ["web"]
        policy.allowed[.users] = ["1000:1000"]
        policy.allowed[.credentials] = []
        policy.allowed[.units] = ["postgresql.service"]
        let asked = try definition {
            $0.environment = [EnvironmentVariable(name: "KEY", value: .credential("key"))]
            $0.wants = ["postgresql.service", "sshd.service"]
            $0.after = ["sshd.service"]
        }
        #expect(
            policy.violations(of: asked).map(\.description)
                == [
                    "environment.KEY: this host's policy (credentials) allows none, found \"key\"",
                    "network: this host's policy (networks) allows \"web\", found \"bridge\"",
                    "user: this host's policy (users) allows \"1000:1000\", found nothing, so the image decides",
                    "wants: this host's policy (units) allows \"postgresql.service\", found \"sshd.service\"",
                    "after: this host's policy (units) allows \"postgresql.service\", found \"sshd.service\"",
                ].map { text in
                    let rule = text.split(separator: "(")[1].prefix { $0 != ")" }
                    return
                        "\(text) — change the definition, or add to policy.\(rule) in config.json on this host and restart "
                        + "service-managerd"
                }
        )
        let allowed = try definition {
            $0.network = "web"
            $0.user = "1000:1000"
            $0.wants = ["postgresql.service"]
        }
        #expect(policy.violations(of: allowed).isEmpty)
    }
}
