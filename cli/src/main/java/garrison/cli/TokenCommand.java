package garrison.cli;

import garrison.apiserver.auth.JoinTokens;
import garrison.apiserver.pki.CertificateAuthority;
import garrison.client.http.HttpCluster;
import garrison.model.kind.Kinds;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code garrison token}: how machines are let in. */
@Command(
    name = "token",
    description = "Join tokens, with which machines are let in.",
    subcommands = TokenCommand.Create.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
final class TokenCommand {
  /** {@code garrison token create}. */
  @Command(
      name = "create",
      description =
          "Makes a join token and prints it; it carries the fingerprint of the fleet's CA.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  static final class Create implements Callable<Integer> {
    @Mixin private ClientOptions client = new ClientOptions();

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        defaultValue = "24h",
        converter = DurationText.class,
        description = "How long it lets machines in, such as 30m, 24h, 7d (${DEFAULT-VALUE}).")
    private Duration ttl = Duration.ofHours(24);

    @Override
    public Integer call() {
      if (!ttl.isPositive()) {
        throw new CommandFailure("--ttl must be longer than nothing");
      }
      try (HttpCluster cluster = client.connect()) {
        String ca =
            cluster
                .get(Kinds.CONFIG_MAP, "kube-system", "kube-root-ca.crt")
                .path("data")
                .path("ca.crt")
                .asString("");
        System.out.println(
            new JoinTokens(cluster, Clock.systemUTC()).create(ttl, CertificateAuthority.pinOf(ca)));
      }
      return 0;
    }
  }
}
