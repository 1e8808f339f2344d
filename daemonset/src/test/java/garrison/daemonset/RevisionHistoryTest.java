package garrison.daemonset;

import static garrison.daemonset.Fixtures.daemonSet;
import static org.assertj.core.api.Assertions.assertThat;

import garrison.model.DaemonSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Spec: daemonset 5. */
class RevisionHistoryTest {
  private static DaemonSet withImage(String image) {
    return daemonSet(
        document ->
            ((ObjectNode) document.at("/spec/template/spec/containers/0")).put("image", image));
  }

  private static Revision stored(DaemonSet of, long number) {
    ObjectNode document = RevisionHistory.of(of, List.of()).newRevision(of, null);
    document.put("revision", number);
    return Revision.of(document);
  }

  @Nested
  @DisplayName("5.1 Content")
  class Section5_1 {
    @Test
    void dataIsTheTemplateWithItsPatchDirectiveFirst() {
      assertThat(RevisionHistory.data(withImage("i<1>&\"")))
          .isEqualTo(
              """
            {"spec":{"template":{"$patch":"replace","metadata":{"labels":{"app":"log"}},\
            "spec":{"containers":[{"image":"i\\u003c1\\u003e\\u0026\\"","name":"c"}]}}}}""");
    }

    @Test
    void dataOfANewRevisionIsWrittenInTheOrderOfItsText() {
      DaemonSet now = withImage("i:1");
      ObjectNode made = RevisionHistory.of(now, List.of()).newRevision(now, null);
      assertThat(made.get("data").toString()).isEqualTo(RevisionHistory.data(now));
    }
  }

  @Nested
  @DisplayName("5.2 Matching")
  class Section5_2 {
    @Test
    void dataOfAStoredRevisionIsComparedInOneForm() {
      DaemonSet now = daemonSet();
      assertThat(stored(now, 1).data()).isEqualTo(RevisionHistory.data(now));
    }
  }

  @Nested
  @DisplayName("5.3 Construction")
  class Section5_3 {
    @Test
    void hashUsesUpstreamsLettersAndDependsOnCollisions() {
      String plain = RevisionHistory.hash(daemonSet(), null);
      assertThat(plain).matches("[456789bcdf]{1,10}");
      assertThat(RevisionHistory.hash(daemonSet(), null)).isEqualTo(plain);
      assertThat(RevisionHistory.hash(daemonSet(), 0L)).isNotEqualTo(plain);
      assertThat(RevisionHistory.hash(daemonSet(), 1L))
          .isNotEqualTo(RevisionHistory.hash(daemonSet(), 0L));
    }

    @Test
    void firstRevisionIsNumberOneAndCarriesLabelsAnnotationsAndOwner() {
      DaemonSet now = daemonSet();
      ObjectNode made = RevisionHistory.of(now, List.of()).newRevision(now, null);
      String hash = RevisionHistory.hash(now, null);
      assertThat(made.at("/metadata/name").asString()).isEqualTo("log-" + hash);
      assertThat(made.at("/metadata/labels"))
          .isEqualTo(
              Fixtures.json("{'app':'log','controller-revision-hash':'%s'}".formatted(hash)));
      assertThat(
              made.at("/metadata/annotations/deprecated.daemonset.template.generation").asString())
          .isEqualTo("1");
      assertThat(made.at("/metadata/ownerReferences/0/uid").asString()).isEqualTo("ds-uid");
      assertThat(made.get("revision").asLong()).isEqualTo(1);
    }

    @Test
    void rollbackGetsTheNextNumber() {
      DaemonSet one = withImage("i:1");
      DaemonSet two = withImage("i:2");
      RevisionHistory history = RevisionHistory.of(one, List.of(stored(two, 2), stored(one, 1)));
      assertThat(history.kept()).isNotNull();
      assertThat(history.kept().number()).isEqualTo(1);
      assertThat(history.nextNumber()).isEqualTo(3);
    }
  }

  @Nested
  @DisplayName("5.4 De-duplication")
  class Section5_4 {
    @Test
    void theHighestOfTwoCurrentRevisionsIsKept() {
      DaemonSet one = withImage("i:1");
      Revision first = stored(one, 1);
      Revision second = stored(one, 4);
      RevisionHistory history = RevisionHistory.of(one, List.of(second, first));
      assertThat(history.kept()).isEqualTo(second);
      assertThat(history.duplicates()).containsExactly(first);
      assertThat(history.old()).isEmpty();
    }
  }

  @Nested
  @DisplayName("5.5 Truncation")
  class Section5_5 {
    @Test
    void onlyOldRevisionsBeyondTheLimitThatNoPodIsOfAreSurplus() {
      Revision r1 = stored(withImage("i:1"), 1);
      Revision r2 = stored(withImage("i:2"), 2);
      Revision r3 = stored(withImage("i:3"), 3);
      DaemonSet now = withImage("i:4");
      RevisionHistory history = RevisionHistory.of(now, List.of(r3, r1, r2, stored(now, 4)));
      assertThat(history.surplus(10, Set.of())).isEmpty();
      assertThat(history.surplus(2, Set.of())).containsExactly(r1);
      assertThat(history.surplus(2, Set.of(r1.hash()))).containsExactly(r2);
      assertThat(history.surplus(0, Set.of(r1.hash()))).containsExactly(r2, r3);
      assertThat(history.surplus(0, Set.of())).containsExactly(r1, r2, r3);
    }

    /** A deletion is known before the revision is gone from the cache. */
    @Test
    void whatIsDeletedAlreadyCountsTowardsNoLimit() {
      Revision r1 = known(stored(withImage("i:1"), 1), "u1");
      Revision r2 = known(stored(withImage("i:2"), 2), "u2");
      DaemonSet now = withImage("i:3");
      RevisionHistory history =
          RevisionHistory.of(now, List.of(r1, r2, stored(now, 3))).without(Set.of("u2"));
      assertThat(history.surplus(1, Set.of())).isEmpty();
      assertThat(history.surplus(0, Set.of())).containsExactly(r1);
      assertThat(history.kept()).isNotNull();
    }

    private static Revision known(Revision revision, String uid) {
      ObjectNode document = revision.record().document().deepCopy();
      ((ObjectNode) document.get("metadata")).put("uid", uid);
      return Revision.of(document);
    }
  }
}
