package garrison.model.rules.pod;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Spec: api-server 15.1, "Pod status at create". */
class QosTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'containers':[{}]} | BestEffort",
        "{'containers':[{'resources':{'limits':{'nvidia.com/gpu':'1'}}}]} | BestEffort",
        "{'containers':[{'resources':{'requests':{'cpu':'0'}}}]} | BestEffort",
        "{'containers':[{'resources':{'requests':{'cpu':'1'}}}]} | Burstable",
        "{'containers':[{'resources':{'limits':{'cpu':'1','memory':'1Gi'},"
            + "'requests':{'cpu':'1000m','memory':'1024Mi'}}}]} | Guaranteed",
        "{'containers':[{'resources':{'limits':{'cpu':'1','memory':'1Gi'},"
            + "'requests':{'cpu':'500m','memory':'1Gi'}}}]} | Burstable",
        "{'containers':[{'resources':{'limits':{'cpu':'1','memory':'1Gi'},"
            + "'requests':{'cpu':'1','memory':'1Gi'}}},{}]} | Burstable",
        "{'containers':[{}],'initContainers':[{'resources':{'requests':{'cpu':'1'}}}]} | Burstable",
        "{'containers':[{}],'resources':{'limits':{'cpu':'1','memory':'1Gi'},"
            + "'requests':{'cpu':'1','memory':'1Gi'}}} | Guaranteed",
      })
  void ofContainersOrOfThePodItself(String spec, String expected) {
    assertThat(Qos.of(Json.parse(spec.replace('\'', '"')))).isEqualTo(expected);
  }
}
