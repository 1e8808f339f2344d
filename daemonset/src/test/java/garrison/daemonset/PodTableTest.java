package garrison.daemonset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class PodTableTest {
  /** Uids of which many share a hash, as "Aa" and "BB" do. */
  @Provide
  Arbitrary<List<String>> uids() {
    return Arbitraries.of("Aa", "BB", "C", "D")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(parts -> String.join("", parts))
        .list()
        .ofMaxSize(200);
  }

  private static DaemonPod pod(String uid, int version) {
    return new DaemonPod(
        "p" + version, uid, "n", true, DaemonPod.Phase.RUNNING, false, true, 0, 0, "h", "1");
  }

  /** A uid that is there is removed every third time, and else replaced. */
  @Property(tries = 500)
  void holdsWhatAMapHolds(@ForAll("uids") List<String> uids) {
    PodTable table = new PodTable();
    Map<String, DaemonPod> expected = new HashMap<>();
    int version = 0;
    for (String uid : uids) {
      version++;
      if (expected.containsKey(uid) && version % 3 == 0) {
        table.remove(uid);
        expected.remove(uid);
      } else {
        table.put(pod(uid, version), version);
        expected.put(uid, pod(uid, version));
      }
      assertThat(table).containsExactlyInAnyOrderElementsOf(expected.values());
      for (String known : uids) {
        DaemonPod pod = expected.get(known);
        assertThat(table.get(known)).isEqualTo(pod);
        assertThat("p" + table.nodeOf(known)).isEqualTo(pod == null ? "p-1" : pod.name());
      }
    }
  }

  @Test
  void whatIsNotThereIsNotFound() {
    PodTable table = new PodTable();
    table.remove("x");
    assertThat(table.get("x")).isNull();
    Iterator<DaemonPod> none = table.iterator();
    assertThat(none.hasNext()).isFalse();
    assertThatThrownBy(none::next).isInstanceOf(NoSuchElementException.class);
  }
}
