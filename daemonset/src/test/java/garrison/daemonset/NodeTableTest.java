package garrison.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeTableTest {
  private final NodeTable table = new NodeTable();

  @Test
  void onlyLabelsAndTaintsOfANodeCanMatter() {
    assertThat(table.put(Fixtures.node("n"))).isTrue();
    assertThat(table.put(Fixtures.node("n"))).isFalse();
    assertThat(table.put(Fixtures.node("n", "{'a':'b'}", "[]"))).isTrue();
    assertThat(table.put(Fixtures.tainted("n", "NoSchedule"))).isTrue();
    assertThat(table.remove("n")).isTrue();
    assertThat(table.remove("n")).isFalse();
    assertThat(table.get("n")).isNull();
    assertThat(table.all()).isEmpty();
  }

  @Test
  void aNodeThatComesBackHasItsNumberAgain() {
    table.put(Fixtures.node("a"));
    int number = table.find("a");
    table.remove("a");
    assertThat(table.find("a")).as("until all fleets are told").isEqualTo(number);
    table.put(Fixtures.node("a"));
    assertThat(table.find("a")).isEqualTo(number);
  }

  @Test
  void theNumberOfANodeThatIsGoneIsGivenToAnotherOneUnlessAFleetHoldsIt() {
    table.put(Fixtures.node("gone"));
    table.put(Fixtures.node("held"));
    int gone = table.find("gone");
    int held = table.find("held");
    table.hold(held);
    table.remove("gone");
    table.remove("held");
    table.put(Fixtures.node("x"));
    table.put(Fixtures.node("y"));
    assertThat(table.find("x")).isEqualTo(gone);
    assertThat(table.find("gone")).isNegative();
    assertThat(table.name(held)).isEqualTo("held");
    table.release(held);
    table.put(Fixtures.node("z"));
    assertThat(table.find("z")).isEqualTo(held);
    assertThat(table.limit()).isEqualTo(3);
  }

  @Test
  void numbersDoNotPileUpWhileNodesComeAndGo() {
    for (int i = 0; i < 1000; i++) {
      table.put(Fixtures.node("n" + i));
      table.numberOf("asked-for-only-" + i);
      table.remove("n" + i);
    }
    assertThat(table.limit()).isLessThan(5);
  }
}
