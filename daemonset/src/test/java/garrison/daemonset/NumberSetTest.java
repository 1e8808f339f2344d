package garrison.daemonset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class NumberSetTest {
  /** Additions, and removals as their complement; near each other and far apart. */
  @Provide
  Arbitrary<List<Integer>> changes() {
    Arbitrary<Integer> number =
        Arbitraries.oneOf(
            Arbitraries.integers().between(0, 200), Arbitraries.integers().between(0, 700_000));
    return Arbitraries.oneOf(number, number, number.map(n -> ~n)).list().ofMaxSize(80);
  }

  @Property(tries = 500)
  void holdsWhatASetHoldsAndGivesEachItsTurn(@ForAll("changes") List<Integer> changes) {
    NumberSet numbers = new NumberSet();
    TreeSet<Integer> expected = new TreeSet<>();
    int last = -1;
    for (int change : changes) {
      int number = change < 0 ? ~change : change;
      numbers.set(number, change >= 0);
      if (change >= 0) {
        expected.add(number);
      } else {
        expected.remove(number);
      }
      assertThat(numbers.size()).isEqualTo(expected.size());
      if (!expected.isEmpty()) {
        Integer higher = expected.higher(last);
        last = numbers.next();
        assertThat(last).isEqualTo(higher == null ? expected.first() : higher);
      }
    }
  }

  @Test
  void anEmptySetHasNoNext() {
    NumberSet numbers = new NumberSet();
    numbers.remove(7);
    assertThat(numbers.isEmpty()).isTrue();
    assertThatThrownBy(numbers::next).isInstanceOf(IllegalStateException.class);
  }
}
