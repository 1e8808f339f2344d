package garrison.agent.statics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** From a file to a pod (spec: node-agent 3.1). */
class ManifestTest {
  private static final Path FILE = Path.of("/manifests/web.yaml");
  private static final Instant SEEN = Instant.parse("2026-11-25T10:00:00.000000012Z");
  private static final String WEB =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: web
      spec:
        containers:
        - name: main
          image: host/sh
      """;

  private static ObjectNode pod(String text) throws ManifestException {
    return pod(text, FILE, "machine-1");
  }

  private static ObjectNode pod(String text, Path file, String node) throws ManifestException {
    return Manifest.pod(text.getBytes(StandardCharsets.UTF_8), file, node, SEEN);
  }

  private static String uid(ObjectNode pod) {
    return pod.at("/metadata/uid").asString();
  }

  @Test
  void fileBecomesAPodOfItsNode() throws Exception {
    ObjectNode pod = pod(WEB);

    assertThat(pod.at("/metadata/name").asString()).isEqualTo("web-machine-1");
    assertThat(pod.at("/metadata/namespace").asString()).isEqualTo("default");
    assertThat(uid(pod)).matches("[0-9a-f]{32}");
    assertThat(pod.at("/spec/nodeName").asString()).isEqualTo("machine-1");
    assertThat(pod.at("/status/phase").asString()).isEqualTo("Pending");
    assertThat(pod.at("/metadata/annotations").toString())
        .isEqualTo(
            "{\"kubernetes.io/config.hash\":\""
                + uid(pod)
                + "\",\"kubernetes.io/config.seen\":\"2026-11-25T10:00:00.000000012Z\","
                + "\"kubernetes.io/config.source\":\"file\"}");
    assertThat(pod.at("/spec/tolerations").toString())
        .isEqualTo("[{\"operator\":\"Exists\",\"effect\":\"NoExecute\"}]");
  }

  @Test
  void itIsDefaultedLikeOneOfTheApi() throws Exception {
    ObjectNode pod = pod(WEB);

    assertThat(pod.at("/spec/restartPolicy").asString()).isEqualTo("Always");
    assertThat(pod.at("/spec/terminationGracePeriodSeconds").asInt()).isEqualTo(30);
    assertThat(pod.at("/spec/containers/0/imagePullPolicy").asString()).isEqualTo("Always");
    assertThat(pod.at("/spec/containers/0/terminationMessagePath").asString())
        .isEqualTo("/dev/termination-log");
  }

  @Test
  void jsonAndYamlAreTheSamePod() throws Exception {
    String json =
        """
        {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web"},
         "spec": {"containers": [{"image": "host/sh", "name": "main"}]}}
        """;
    assertThat(pod(json)).isEqualTo(pod(WEB));
  }

  @Test
  void uidChangesWithContentNodeAndFileButNotWithComments() throws Exception {
    String uid = uid(pod(WEB));

    assertThat(uid(pod("# a comment\n" + WEB))).isEqualTo(uid);
    assertThat(uid(pod(WEB.replace("host/sh", "host/dash")))).isNotEqualTo(uid);
    assertThat(uid(pod(WEB, FILE, "machine-2"))).isNotEqualTo(uid);
    assertThat(uid(pod(WEB, Path.of("/manifests/other.yaml"), "machine-1"))).isNotEqualTo(uid);
  }

  @Test
  void givenUidStays() throws Exception {
    ObjectNode pod = pod(WEB.replace("name: web", "name: web\n  uid: mine"));
    assertThat(uid(pod)).isEqualTo("mine");
    assertThat(pod.at("/metadata/annotations").path("kubernetes.io/config.hash").asString())
        .isEqualTo("mine");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  contai` | no valid Pod: ",
        "`{\"kind\": \"Pod\", \"apiVers` | neither JSON nor YAML",
        "`` | 0 documents: a manifest holds one Pod",
        "`just words` | no object: a manifest holds one Pod",
        "`[1, 2]` | no object: a manifest holds one Pod",
        "`{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}` | apiVersion \"v1\", kind \"ConfigMap\"",
        "`{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: web}}` | a manifest holds one v1 Pod",
        "`a: 1\n---\nb: 2` | 2 documents: a manifest holds one Pod",
        "`{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: 7}}` | no valid Pod: ",
        "`{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {}}` | spec.containers: Required value",
        "`{apiVersion: v1, kind: Pod, metadata: {name: W_b}, spec: {containers: [{name: c, image: i}]}}` | metadata.name: Invalid value",
      })
  void whatIsNoPodIsRefusedWithTheReason(String text, String why) {
    assertThatThrownBy(() -> pod(text))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "serviceAccountName: robot | serviceaccounts",
        "imagePullSecrets: [{name: s}] | secrets",
        "resourceClaims: [{name: r, resourceClaimName: x}] | resourceclaims",
        "volumes: [{name: v, secret: {secretName: s}}] | secrets",
        "volumes: [{name: v, configMap: {name: m}}] | configmaps",
        "volumes: [{name: v, persistentVolumeClaim: {claimName: p}}] | persistentvolumeclaims",
        "volumes: [{name: v, csi: {driver: d.example.com}}] | csi volumes",
        "volumes: [{name: v, azureFile: {secretName: s, shareName: a}}] | azureFile volumes",
        "volumes: [{name: v, glusterfs: {endpoints: e, path: p}}] | glusterfs volumes",
        "volumes: [{name: v, projected: {sources: [{configMap: {name: m}}]}}] | projected volumes other than downwardAPI",
        "initContainers: [{name: i, image: i, env: [{name: E, valueFrom: {secretKeyRef: {name: s, key: k}}}]}] | secrets",
        "initContainers: [{name: i, image: i, envFrom: [{configMapRef: {name: m}}]}] | configmaps",
      })
  void whatNeedsAServerIsRefused(String more, String what) {
    assertThatThrownBy(() -> pod(WEB + "  " + more + "\n"))
        .isInstanceOf(ManifestException.class)
        .hasMessage("static pods may not reference " + what);
  }

  @Test
  void downwardApiInAProjectedVolumeNeedsNone() throws Exception {
    ObjectNode pod =
        pod(
            WEB
                + "  volumes: [{name: v, projected: {sources: [{downwardAPI: {items: [{path: l,"
                + " fieldRef: {fieldPath: metadata.labels}}]}}]}}]\n");
    assertThat(pod.at("/spec/volumes/0/name").asString()).isEqualTo("v");
  }

  /** From the published test vectors of the hash. */
  @ParameterizedTest
  @CsvSource({
    "'', 6c62272e07bb014262b821756295c58d",
    "a, d228cb696f1a8caf78912b704e4a8964",
    "foobar, 343e1662793c64bf6f0d3597ba446f18",
  })
  void fnv(String text, String hash) {
    assertThat(new Fnv128a().add(text.getBytes(StandardCharsets.UTF_8)).hex()).isEqualTo(hash);
  }
}
