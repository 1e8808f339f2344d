package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Kubernetes' own specs of DaemonSets and ControllerRevisions, all of them, at a Garrison. */
final class UpstreamDaemonSetSpecs {
  private static final String DAEMON_SET = "[sig-apps] Daemon set [Serial] should ";
  private static final int LIMIT_SECONDS = 600;

  static final List<String> NAMES =
      List.of(
          "[sig-apps] ControllerRevision [Serial] should manage the lifecycle of a"
              + " ControllerRevision [Conformance]",
          DAEMON_SET + "list and delete a collection of DaemonSets [Conformance]",
          DAEMON_SET + "not update pod when spec was updated and update strategy is OnDelete",
          DAEMON_SET + "retry creating failed daemon pods [Conformance]",
          DAEMON_SET + "rollback without unnecessary restarts [Conformance]",
          DAEMON_SET + "run and stop complex daemon [Conformance]",
          DAEMON_SET + "run and stop complex daemon with node affinity",
          DAEMON_SET + "run and stop simple daemon [Conformance]",
          DAEMON_SET
              + "surge pods onto nodes when spec was updated and update strategy is RollingUpdate",
          DAEMON_SET
              + "update pod when spec was updated and update strategy is RollingUpdate"
              + " [Conformance]",
          DAEMON_SET + "verify changes to a daemon set status [Conformance]");

  private UpstreamDaemonSetSpecs() {}

  /** One after the other: they label nodes, and each takes the labels of the others away. */
  static void pass(Garrison server, Path folder) throws IOException, InterruptedException {
    Map<String, String> wanted = new TreeMap<>();
    NAMES.forEach(name -> wanted.put(name, "passed"));
    assertThat(
            new UpstreamSpecs(server.machine(), server.kubeconfig(), folder.resolve("specs"))
                .run(NAMES, 1, NAMES.size(), LIMIT_SECONDS))
        .isEqualTo(wanted);
  }
}
