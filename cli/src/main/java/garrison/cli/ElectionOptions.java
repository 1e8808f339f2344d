package garrison.cli;

import garrison.control.leader.ElectionTimes;
import garrison.control.replace.ReplacingController.Election;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How several of one controller agree on who acts: the options of Kubernetes' own components. */
final class ElectionOptions {
  @Option(
      names = "--leader-elect",
      paramLabel = "BOOLEAN",
      arity = "0..1",
      defaultValue = "true",
      fallbackValue = "true",
      description = "Acts only while it holds a lease, so that several may run (${DEFAULT-VALUE}).")
  private boolean elect = true;

  @Option(
      names = "--leader-elect-resource-name",
      paramLabel = "NAME",
      defaultValue = "garrison-daemonset-controller",
      description = "Name of the lease (${DEFAULT-VALUE}).")
  private String name = "garrison-daemonset-controller";

  @Option(
      names = "--leader-elect-resource-namespace",
      paramLabel = "NAME",
      defaultValue = "kube-system",
      description = "Its namespace (${DEFAULT-VALUE}).")
  private String namespace = "kube-system";

  @Option(
      names = "--leader-elect-lease-duration",
      paramLabel = "DURATION",
      defaultValue = "15s",
      converter = DurationText.class,
      description = "How long others leave a silent holder alone (${DEFAULT-VALUE}).")
  private Duration lease = ElectionTimes.UPSTREAM.lease();

  @Option(
      names = "--leader-elect-renew-deadline",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = DurationText.class,
      description = "How long a holder acts without a renewal (${DEFAULT-VALUE}).")
  private Duration renew = ElectionTimes.UPSTREAM.renew();

  @Option(
      names = "--leader-elect-retry-period",
      paramLabel = "DURATION",
      defaultValue = "2s",
      converter = DurationText.class,
      description = "The pause between two tries (${DEFAULT-VALUE}).")
  private Duration retry = ElectionTimes.UPSTREAM.retry();

  /** What to stand for; null where nobody is to be asked. */
  @Nullable Election read() {
    try {
      ElectionTimes times = new ElectionTimes(lease, renew, retry);
      return elect ? new Election(namespace, name, host() + "_" + UUID.randomUUID(), times) : null;
    } catch (IllegalArgumentException e) {
      throw new CommandFailure("--leader-elect-…: " + e.getMessage(), e);
    }
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // the UUID alone tells programs apart; the name is for people
    }
  }
}
