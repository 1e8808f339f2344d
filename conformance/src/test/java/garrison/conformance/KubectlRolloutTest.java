package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spec: daemonset 10, what kubectl makes of what the server and the controller give it. */
class KubectlRolloutTest {
  @TempDir static Path folder;
  private static SmallFleet fleet;
  private static Kubectl kubectl;

  @BeforeAll
  static void start() {
    fleet = SmallFleet.start(folder);
    kubectl = fleet.kubectl();
  }

  @AfterAll
  static void stop() {
    fleet.close();
  }

  private static String refusal(String... arguments) {
    Kubectl.Result result = kubectl.tryRun("", arguments);
    assertThat(result.code()).as(result.out()).isEqualTo(1);
    return result.err();
  }

  private static void image(String name, String image, String cause) {
    kubectl.run("set", "image", "ds/" + name, "c=" + image);
    kubectl.run("annotate", "ds/" + name, "kubernetes.io/change-cause=" + cause, "--overwrite");
    fleet.rolledOut("default", name);
  }

  /** 10.1 */
  @Test
  void statusIsForRollingUpdatesOnly() {
    fleet.daemonSet("default", "manual", "", "0");
    assertThat(kubectl.run("rollout", "status", "ds/manual", "--timeout=60s"))
        .endsWith("daemon set \"manual\" successfully rolled out\n");
    assertThat(kubectl.run("rollout", "status", "ds/manual", "--watch=false"))
        .isEqualTo("daemon set \"manual\" successfully rolled out\n");
    kubectl.run(
        "patch", "ds", "manual", "-p", "{\"spec\":{\"updateStrategy\":{\"type\":\"OnDelete\"}}}");
    assertThat(refusal("rollout", "status", "ds/manual"))
        .contains("rollout status is only available for RollingUpdate strategy type");
  }

  /** 10.1 */
  @Test
  void statusCountsWhatIsToCome() {
    fleet.daemonSet("default", "counted", "", "0");
    fleet.rolledOut("default", "counted");
    kubectl.run("set", "image", "ds/counted", "c=nginx:non-existent");
    assertThat(refusal("rollout", "status", "ds/counted", "--timeout=3s"))
        .contains("timed out waiting for the condition");
    assertThat(kubectl.run("rollout", "status", "ds/counted", "--watch=false"))
        .isEqualTo(
            "Waiting for daemon set \"counted\" rollout to finish: 1 out of 3 new pods have been"
                + " updated...\n");
  }

  /** 10.1 */
  @Test
  void historyIsReadAndRolledBackTo() {
    fleet.daemonSet("default", "history", "", "0");
    fleet.rolledOut("default", "history");
    assertThat(refusal("rollout", "undo", "ds/history"))
        .contains("no last revision to roll back to");
    image("history", "nginx:2", "two");
    image("history", "nginx:3", "three");
    assertThat(kubectl.run("rollout", "history", "ds/history").replaceAll(" +", " "))
        .startsWith("daemonset.apps/history \nREVISION CHANGE-CAUSE\n1 <none>\n2 ");
    assertThat(kubectl.run("rollout", "history", "ds/history", "--revision=2"))
        .startsWith("daemonset.apps/history with revision #2\nPod Template:\n")
        .containsPattern("Image:\\s+nginx:2\n");
    assertThat(refusal("rollout", "history", "ds/history", "--revision=9"))
        .contains("unable to find the specified revision");
    assertThat(refusal("rollout", "undo", "ds/history", "--to-revision=9"))
        .contains("unable to find specified revision 9 in history");
    if (kubectl.run("version", "--client").contains("v1.37.")) {
      // It compares bytes, and an older one prints a template with more of them.
      assertThat(kubectl.run("rollout", "undo", "ds/history", "--to-revision=3"))
          .contains("skipped rollback (current template already matches revision 3)");
    }
    assertThat(kubectl.run("rollout", "undo", "ds/history", "--to-revision=1", "--dry-run=client"))
        .contains("will roll back to Pod Template:");
    assertThat(kubectl.run("rollout", "undo", "ds/history", "--to-revision=1"))
        .isEqualTo("daemonset.apps/history rolled back\n");
    fleet.rolledOut("default", "history");
    // The revision that came back has the highest number now.
    assertThat(kubectl.run("rollout", "history", "ds/history").replaceAll(" +", " "))
        .contains("\n2 ", "\n3 ", "\n4 ")
        .doesNotContain("\n1 ");
  }

  /** 10.1 */
  @Test
  void whatADaemonSetCannotDoIsRefused() {
    fleet.daemonSet("default", "plain", "", "0");
    assertThat(refusal("rollout", "pause", "ds/plain")).contains("pausing is not supported");
    assertThat(refusal("rollout", "resume", "ds/plain")).contains("resuming is not supported");
    assertThat(refusal("scale", "ds/plain", "--replicas=1"))
        .contains("the server could not find the requested resource");
  }

  /** 10.2 */
  @Test
  void tables() {
    fleet.daemonSet("default", "shown", "nodeSelector: {kubernetes.io/os: linux}, ", "0");
    fleet.rolledOut("default", "shown");
    assertThat(row("get", "ds", "shown")).matches("shown 3 3 3 3 3 kubernetes\\.io/os=linux \\d+s");
    assertThat(row("get", "ds", "shown", "-o", "wide"))
        .matches("shown 3 3 3 3 3 kubernetes\\.io/os=linux \\d+s c nginx app=shown");
    assertThat(row("get", "controllerrevisions", "-l", "app=shown"))
        .matches("shown-\\w+ daemonset\\.apps/shown 1 \\d+s");
    assertThat(row("get", "pods", "-l", "app=shown", "-o", "wide"))
        .matches("shown-\\w+ 1/1 Running 0 \\d+s \\S+ hollow-000\\d <none> <none>");
    assertThat(row("get", "nodes")).matches("hollow-0000 Ready <none> \\d+s v\\S+");
  }

  private static String row(String... arguments) {
    return kubectl
        .run(arguments)
        .lines()
        .skip(1)
        .findFirst()
        .orElseThrow()
        .strip()
        .replaceAll(" +", " ");
  }

  /** 10.3 */
  @Test
  void describeSaysAllInItsOrder() {
    fleet.daemonSet("default", "told", "nodeSelector: {kubernetes.io/os: linux}, ", "0");
    fleet.rolledOut("default", "told");
    String[] lines = {
      "Name: told",
      "Selector: app=told",
      "Node-Selector: kubernetes.io/os=linux",
      "Labels: <none>",
      "Annotations: ",
      "Desired Number of Nodes Scheduled: 3",
      "Current Number of Nodes Scheduled: 3",
      "Number of Nodes Scheduled with Up-to-date Pods: 3",
      "Number of Nodes Scheduled with Available Pods: 3",
      "Number of Nodes Misscheduled: 0",
      "Pods Status: 3 Running / 0 Waiting / 0 Succeeded / 0 Failed",
      "Pod Template:",
      "Events:",
      "Normal SuccessfulCreate "
    };
    StringBuilder inOrder = new StringBuilder();
    for (String line : lines) {
      inOrder.append(Pattern.quote(line)).append("[\\s\\S]*");
    }
    assertThat(kubectl.run("describe", "ds", "told").replaceAll(" +", " "))
        .containsPattern(inOrder.toString())
        .containsPattern("daemonset-controller Created pod: told-\\w+");
  }
}
