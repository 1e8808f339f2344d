package garrison.control.replace;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.DaemonSet;
import garrison.model.Pod;
import garrison.model.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class RivalEvidenceTest {
  private static ObjectNode json(String text) {
    return (ObjectNode) Json.parse(text.replace('\'', '"'));
  }

  private static Pod pod(String owner, String managedFields) {
    return Pod.of(
        json(
            "{'metadata':{'namespace':'ns','name':'p','ownerReferences':[{'kind':'"
                + owner
                + "','name':'d','uid':'u','controller':true}],'managedFields':["
                + managedFields
                + "]}}"));
  }

  private static final String CREATED_BY_BUILT_IN =
      "{'manager':'kube-controller-manager','operation':'Update','time':'2026-11-25T10:00:00Z'}";
  private static final String KUBELET =
      ",{'manager':'kubelet','subresource':'status','time':'2026-11-25T09:00:00Z'}";

  @Test
  void podOfADaemonSetThatAnotherProgramMadeIsEvidence() {
    assertThat(RivalEvidence.of(pod("DaemonSet", CREATED_BY_BUILT_IN + KUBELET), "garrison"))
        .isEqualTo("kube-controller-manager has created pod ns/p of DaemonSet d");
  }

  @Test
  void podOfOursOfAnotherOwnerOrOfUnknownOriginIsNone() {
    assertThat(
            RivalEvidence.of(
                pod(
                    "DaemonSet",
                    CREATED_BY_BUILT_IN.replace("kube-controller-manager", "garrison")),
                "garrison"))
        .isEmpty();
    assertThat(RivalEvidence.of(pod("ReplicaSet", CREATED_BY_BUILT_IN), "garrison")).isEmpty();
    assertThat(RivalEvidence.of(pod("DaemonSet", ""), "garrison")).isEmpty();
  }

  @Test
  void podOfOursThatAnotherProgramChangedLaterIsNone() {
    assertThat(
            RivalEvidence.of(
                pod(
                    "DaemonSet",
                    "{'manager':'kubectl-edit','time':'2026-11-25T10:00:09Z'},"
                        + CREATED_BY_BUILT_IN.replace("kube-controller-manager", "garrison")),
                "garrison"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-, kube-controller-manager/status/10:00:00, true",
        "kube-controller-manager/status/10:00:00, kube-controller-manager/status/10:00:01, true",
        "kube-controller-manager/status/10:00:00, kube-controller-manager/status/10:00:00, false",
        "kube-controller-manager/status/10:00:00, -, false",
        "-, kube-controller-manager//10:00:00, false",
        "-, e2e.test/status/10:00:00, false",
        "-, garrison/status/10:00:00, false"
      })
  void newStatusOfTheBuiltInControllerIsEvidence(String before, String after, boolean evidence) {
    assertThat(RivalEvidence.of(daemonSet(before), daemonSet(after)))
        .isEqualTo(
            evidence ? "kube-controller-manager has written the status of DaemonSet ns/d" : "");
  }

  private static DaemonSet daemonSet(String wrote) {
    String fields = "";
    if (wrote != null) {
      String[] parts = wrote.split("/", -1);
      fields =
          "{'manager':'"
              + parts[0]
              + "','subresource':'"
              + parts[1]
              + "','time':'2026-11-25T"
              + parts[2]
              + "Z'}";
    }
    return DaemonSet.of(
        json(
            "{'metadata':{'namespace':'ns','name':'d','managedFields':["
                + fields
                + "]},'spec':{'selector':{'matchLabels':{'a':'b'}}}}"));
  }
}
