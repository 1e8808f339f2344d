package garrison.model;

import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.json.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which toleration matches which taint (spec: daemonset 2.3). */
class TolerationTest {
  @ParameterizedTest
  @CsvSource({
    // key, operator, value, effect → against the taint k=v:NoSchedule
    "k, Equal, v, NoSchedule, true",
    "k, '', v, NoSchedule, true",
    "k, Equal, w, NoSchedule, false",
    "k, Equal, '', NoSchedule, false",
    "k, Exists, '', NoSchedule, true",
    "k, Exists, '', '', true",
    "k, Exists, '', NoExecute, false",
    "j, Exists, '', NoSchedule, false",
    "'', Exists, '', '', true",
    "'', Exists, '', NoExecute, false",
    "k, Lt, v, NoSchedule, false",
    "k, Gt, v, NoSchedule, false",
    "k, Like, v, NoSchedule, false",
  })
  void tolerates(String key, String operator, String value, String effect, boolean tolerated) {
    Toleration toleration = new Toleration(key, operator, value, effect, null);
    assertThat(toleration.tolerates(new Taint("k", "v", "NoSchedule", null))).isEqualTo(tolerated);
  }

  @Test
  void emptyValuesEqualEachOther() {
    assertThat(
            new Toleration("k", "Equal", "", "", null)
                .tolerates(new Taint("k", "", "NoExecute", null)))
        .isTrue();
  }

  /** "Add or update" replaces the one that is the same but for its seconds. */
  @Test
  void secondsDoNotMakeAnotherToleration() {
    Toleration toleration = new Toleration("k", "Exists", "", "NoExecute", 5L);
    assertThat(toleration.sameAs(Toleration.exists("k", "NoExecute"))).isTrue();
    assertThat(toleration.sameAs(Toleration.exists("k", "NoSchedule"))).isFalse();
  }

  @Test
  void documentsReadBackTheSame() {
    Toleration toleration = new Toleration("k", "Equal", "v", "NoExecute", 300L);
    assertThat(Toleration.of(toleration.toDocument())).isEqualTo(toleration);
    Taint taint =
        Taint.of(
            Json.parse(
                "{\"key\":\"k\",\"effect\":\"NoExecute\",\"timeAdded\":"
                    + "\"2026-01-01T00:00:00Z\"}"));
    assertThat(Taint.of(taint.toDocument())).isEqualTo(taint);
    assertThat(taint.describe()).isEqualTo("k:NoExecute");
  }
}
