package garrison.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.agent.runtime.ContainerSpec.Mount;
import garrison.model.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Spec: node-agent 3.11. */
class PodFilesTest {
  @TempDir Path folder;

  private static PodContext pod(String spec) {
    return new PodContext(
        DecisionsTest.yaml("{metadata: {name: p, namespace: ns, uid: u}, spec: " + spec + "}"),
        "n1",
        "10.0.0.1",
        Resources.NONE,
        List.of("10.88.0.7"));
  }

  @Test
  void aPodsHostsAreItsOwnAndThoseItAsksFor() {
    String hosts =
        PodFiles.hosts(
            pod(
                "{hostname: h, subdomain: s, hostAliases: [{ip: 10.1.2.3, hostnames: [a.example,"
                    + " b.example]}]}"),
            "cluster.local",
            "node's");

    assertThat(hosts)
        .startsWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
        .contains("\n10.88.0.7\th.s.ns.svc.cluster.local\th\n")
        .endsWith("\n# Entries added by HostAliases.\n10.1.2.3\ta.example\tb.example\n");
  }

  @Test
  void onTheNodesNetworkTheyAreTheNodes() {
    assertThat(PodFiles.hosts(pod("{hostNetwork: true}"), "", "127.0.0.1 here\n"))
        .isEqualTo("# Kubernetes-managed hosts file (host network).\n127.0.0.1 here\n");
  }

  @Test
  void aContainerGetsBothFilesAndAFreshOneForItsLastWordsAtEachStart() throws IOException {
    PodContext pod = pod("{containers: [{name: c}]}");
    List<Mount> first = PodFiles.mounts(pod, pod.spec().path("containers").path(0), 0, folder, "");
    assertThat(first)
        .extracting(Mount::target)
        .containsExactly("/etc/hosts", "/dev/termination-log");
    Path words = Path.of(first.get(1).source());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(words)))
        .isEqualTo("rw-rw-rw-");
    Files.writeString(words, "last words");

    PodFiles.mounts(pod, pod.spec().path("containers").path(0), 1, folder, "");
    assertThat(PodFiles.message(folder, "c", 1)).isEmptyFile();
    assertThat(PodFiles.message(folder, "c", 0)).hasContent("last words");
    PodFiles.mounts(pod, pod.spec().path("containers").path(0), 0, folder, "");
    assertThat(words).isEmptyFile(); // the start before came to nothing
  }

  @Test
  void whatTheContainerMountsItselfIsLeftToIt() throws IOException {
    PodContext pod =
        pod(
            "{containers: [{name: c, terminationMessagePath: /words, volumeMounts: [{name: v,"
                + " mountPath: /etc/hosts}, {name: v, mountPath: /words}]}]}");

    assertThat(PodFiles.mounts(pod, pod.spec().path("containers").path(0), 0, folder, ""))
        .isEmpty();
  }
}
