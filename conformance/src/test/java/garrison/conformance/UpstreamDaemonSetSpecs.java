package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Kubernetes' own specs of DaemonSets and ControllerRevisions, all of them, at an API server. */
final class UpstreamDaemonSetSpecs {
  private static final int LIMIT_SECONDS = 600;

  static final List<String> NAMES =
      List.of(
          "[sig-apps] ControllerRevision should manage the lifecycle of a ControllerRevision"
              + " [Conformance] [Serial]",
          daemonSet("list and delete a collection of DaemonSets [Conformance]"),
          daemonSet("not update pod when spec was updated and update strategy is OnDelete"),
          daemonSet("retry creating failed daemon pods [Conformance]"),
          daemonSet("rollback without unnecessary restarts [Conformance]"),
          daemonSet("run and stop complex daemon [Conformance]"),
          daemonSet("run and stop complex daemon with node affinity"),
          daemonSet("run and stop simple daemon [Conformance]"),
          daemonSet(
              "surge pods onto nodes when spec was updated and update strategy is RollingUpdate"),
          daemonSet(
              "update pod when spec was updated and update strategy is RollingUpdate"
                  + " [Conformance]"),
          daemonSet("verify changes to a daemon set status [Conformance]"));

  private UpstreamDaemonSetSpecs() {}

  private static String daemonSet(String text) {
    return "[sig-apps] Daemon set should " + text + " [Serial]";
  }

  /** All pass. */
  static void pass(Garrison server, Path folder) throws IOException, InterruptedException {
    assertThat(run(server.machine(), server.kubeconfig(), folder)).isEqualTo(passed());
  }

  /** What {@link #run} answers where all pass. */
  static Map<String, String> passed() {
    Map<String, String> passed = new TreeMap<>();
    NAMES.forEach(name -> passed.put(name, UpstreamSpecs.PASSED));
    return passed;
  }

  /**
   * What each comes to at an API server with at least two nodes that are Ready. One after the
   * other: they label nodes, and each takes the labels of the others away.
   *
   * @param machine that they run on, null for this one
   */
  static Map<String, String> run(@Nullable Machine machine, Path kubeconfig, Path folder)
      throws IOException, InterruptedException {
    return new UpstreamSpecs(machine, kubeconfig, folder.resolve("specs"))
        .run(NAMES, 1, NAMES.size(), LIMIT_SECONDS);
  }
}
