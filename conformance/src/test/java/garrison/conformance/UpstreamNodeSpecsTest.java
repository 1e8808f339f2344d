package garrison.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our agent in the kubelet's place at a real control plane, under Kubernetes' own specs of nodes.
 * Which of those that pass with the kubelet do not pass here, and why, is in docs/differences.md.
 */
class UpstreamNodeSpecsTest {
  private static final int LIMIT_SECONDS = 900;

  /** Marks a spec of the slice: a quick one, for something that no other of the slice looks at. */
  private static final String SLICE = "+ ";

  private static final String REGISTRY = "registry.k8s.io/";

  @TempDir static Path folder;
  private static Machine machine;
  private static Containerd containerd;
  private static KubernetesPlane plane;
  private static Garrison agent;

  @BeforeAll
  static void start() throws IOException, GeneralSecurityException {
    machine = Machine.start(folder);
    containerd = Containerd.start(machine, folder.resolve("c"));
    containerd.connect();
    loadImages();
    plane = KubernetesPlane.start(machine, folder);
    agent =
        Garrison.agentOf(
            machine,
            folder,
            KubernetesPlane.NODE,
            "--kubeconfig",
            plane.nodeKubeconfig().toString(),
            "--anonymous-auth",
            "--address",
            KubernetesPlane.ADDRESS,
            "--runtime-endpoint",
            containerd.endpoint(),
            "--manifests",
            folder.resolve("manifests").toString());
  }

  /** The names that upstream's specs ask for; their images are made here. */
  private static void loadImages() {
    RealPart.upstreamImages();
    containerd.load("pause", REGISTRY + "pause:3.10.2");
    String tests = REGISTRY + "e2e-test-images/";
    containerd.load("upstream-busybox", tests + "busybox:1.37.0-2");
    containerd.load("upstream-busybox", tests + "ipc-utils:1.4");
    containerd.load("upstream-nonroot", tests + "nonroot:1.5");
    containerd.load("upstream-glibc", tests + "glibc-dns-testing:2.1.1");
    containerd.load("upstream-nonewprivs", tests + "nonewprivs:1.4");
    containerd.load("upstream-agnhost", tests + "agnhost:2.66.1");
    containerd.load("upstream-agnhost", tests + "nginx:1.27.0-2"); // of which they use the shell
  }

  @AfterAll
  static void stop() {
    try (Machine fourth = machine;
        Containerd third = containerd;
        KubernetesPlane second = plane;
        Garrison first = agent) {
      assertThat(fourth).isNotNull();
    }
  }

  @Test
  @Tag("slice")
  void aSliceOfKubernetesOwnSpecsOfNodesPasses() throws Exception {
    List<String> slice = new ArrayList<>();
    for (String line : lines()) {
      if (line.startsWith(SLICE)) {
        slice.add(line.substring(SLICE.length()));
      }
    }
    pass(slice, 7, 7);
  }

  @Test
  @Tag("whole")
  void kubernetesOwnSpecsOfNodesPass() throws Exception {
    pass(
        lines().stream()
            .map(line -> line.startsWith(SLICE) ? line.substring(SLICE.length()) : line)
            .toList(),
        8,
        6);
  }

  private static void pass(List<String> names, int lanes, int chunk) throws Exception {
    UpstreamSpecs specs = new UpstreamSpecs(machine, plane.kubeconfig(), folder.resolve("specs"));
    List<String> again =
        List.copyOf(notPassed(specs.run(names, lanes, chunk, LIMIT_SECONDS)).keySet());
    // Side by side on two cores, a probe's second is now and then too short: those have a quiet
    // run.
    assertThat(notPassed(specs.run(again, 2, 1, LIMIT_SECONDS)))
        .as("of %s specs", names.size())
        .isEmpty();
  }

  private static List<String> lines() throws IOException {
    try (var list = UpstreamNodeSpecsTest.class.getResourceAsStream("node-specs.txt")) {
      assertThat(list).isNotNull();
      return new String(list.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static Map<String, String> notPassed(Map<String, String> outcomes) {
    Map<String, String> rest = new TreeMap<>(outcomes);
    rest.values().removeIf(UpstreamSpecs.PASSED::equals);
    return rest;
  }
}
