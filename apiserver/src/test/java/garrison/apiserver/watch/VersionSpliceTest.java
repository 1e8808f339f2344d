package garrison.apiserver.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionSpliceTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
      {"metadata":{}}                            | {"metadata":{"resourceVersion":"7"}}
      {"metadata":{"name":"a"}}                  | {"metadata":{"name":"a","resourceVersion":"7"}}
      {"metadata":{"labels":{"uid":"x"}}}        | {"metadata":{"resourceVersion":"7","labels":{"uid":"x"}}}
      {"kind":"K","metadata":{"name":"a","uid":"u","labels":{}},"spec":{"metadata":{}}} | {"kind":"K","metadata":{"name":"a","uid":"u","resourceVersion":"7","labels":{}},"spec":{"metadata":{}}}
      {"data":{"metadata":{"a":[1,{"b":"}"}]}},"n":-1.5,"metadata":{"uid":"u"}} | {"data":{"metadata":{"a":[1,{"b":"}"}]}},"n":-1.5,"metadata":{"uid":"u","resourceVersion":"7"}}
      {"a":"\\"metadata\\":{","metadata":{"name":"\\\\","generation":1}} | {"a":"\\"metadata\\":{","metadata":{"name":"\\\\","resourceVersion":"7","generation":1}}
      {"a":null,"b":true,"c":[[],{}]}            | {"a":null,"b":true,"c":[[],{}]}
      """)
  void versionStandsBehindTheUid(String stored, String served) {
    byte[] spliced = VersionSplice.splice(stored.getBytes(StandardCharsets.UTF_8), 7);
    assertThat(new String(spliced, StandardCharsets.UTF_8)).isEqualTo(served);
  }
}
