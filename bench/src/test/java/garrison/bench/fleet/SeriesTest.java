package garrison.bench.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SeriesTest {
  @Test
  void medianOfAnOddNumberIsTheMiddleOne() {
    assertThat(new Series(List.of(3.0, 1.0, 2.0)).median()).isEqualTo(2.0);
  }

  @Test
  void medianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
    assertThat(new Series(List.of(4.0, 1.0, 2.0, 3.0)).median()).isEqualTo(2.5);
  }

  @Test
  void firstIsTheOneMeasuredFirstNotTheLeast() {
    assertThat(new Series(List.of(3.0, 1.0)).columns()).startsWith("   3.00").endsWith("1.00–3.00");
  }
}
