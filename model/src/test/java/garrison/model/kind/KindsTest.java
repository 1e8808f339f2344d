package garrison.model.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import garrison.model.SharedFiles;
import garrison.model.kind.Kind.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The registry is the part of upstream's that Garrison serves (spec: api-server 2). */
class KindsTest {
  /** What upstream has beside the kinds here, and Garrison does not serve. */
  private static final Set<String> NOT_SERVED =
      Set.of(
          "nodes/proxy",
          "pods/proxy",
          // Subresources of kinds that are only listed here.
          "persistentvolumeclaims/status",
          "persistentvolumes/status",
          "replicationcontrollers/scale",
          "replicationcontrollers/status",
          "resourcequotas/status",
          "services/proxy",
          "services/status",
          "volumeattachments/status");

  private static final Set<String> NOT_HERE = Set.of("certificatesigningrequests");

  /** One recorded group; the core has no name. */
  private record Recorded(String group, JsonNode resources) {}

  private static List<Recorded> recorded() {
    assumeTrue(SharedFiles.present(), "the specification is not beside this checkout");
    List<Recorded> groups = new ArrayList<>();
    for (JsonNode one : SharedFiles.json("spec/golden/discovery-aggregated.json").path("cases")) {
      for (JsonNode item : one.path("response").path("body").path("items")) {
        groups.add(
            new Recorded(
                item.path("metadata").path("name").asString(""),
                item.path("versions").path(0).path("resources")));
      }
    }
    assertThat(groups).hasSizeGreaterThan(10);
    return groups;
  }

  @Test
  void kindsAreThoseOfUpstream() {
    for (Recorded group : recorded()) {
      for (JsonNode resource : group.resources) {
        String plural = resource.path("resource").asString();
        if (NOT_HERE.contains(plural)) {
          continue;
        }
        Kind kind = Kinds.byPlural(group.group, "v1", plural);
        assertThat(kind).as(plural).isNotNull();
        Objects.requireNonNull(kind);
        assertThat(kind.kind()).isEqualTo(resource.path("responseKind").path("kind").asString());
        assertThat(kind.singular()).isEqualTo(resource.path("singularResource").asString());
        assertThat(kind.namespaced())
            .as(plural)
            .isEqualTo(resource.path("scope").asString().equals("Namespaced"));
        assertThat(kind.shortNames()).as(plural).isEqualTo(texts(resource.path("shortNames")));
        assertThat(kind.categories()).as(plural).isEqualTo(texts(resource.path("categories")));
        List<String> verbs = verbs(kind.verbs());
        if (!kind.verbs().equals(Verb.READ_ONLY)) {
          assertThat(verbs).as(plural).isEqualTo(texts(resource.path("verbs")));
        }
      }
    }
  }

  @Test
  void subresourcesAreThoseOfUpstream() {
    Set<String> missing = new TreeSet<>();
    for (Recorded group : recorded()) {
      for (JsonNode resource : group.resources) {
        String plural = resource.path("resource").asString();
        Kind kind = Kinds.byPlural(group.group, "v1", plural);
        if (kind == null) {
          continue;
        }
        Set<String> known = new TreeSet<>();
        for (JsonNode expected : resource.path("subresources")) {
          String name = expected.path("subresource").asString();
          known.add(name);
          Subresource subresource = kind.subresource(name);
          if (subresource == null) {
            missing.add(plural + "/" + name);
            continue;
          }
          JsonNode response = expected.path("responseKind");
          assertThat(verbs(subresource.verbs())).isEqualTo(texts(expected.path("verbs")));
          assertThat(Objects.requireNonNullElse(subresource.responseKind(), kind.kind()))
              .isEqualTo(response.path("kind").asString());
          assertThat(Objects.requireNonNullElse(subresource.responseGroup(), ""))
              .isEqualTo(response.path("group").asString());
          assertThat(Objects.requireNonNullElse(subresource.responseVersion(), ""))
              .isEqualTo(response.path("version").asString());
        }
        assertThat(kind.subresources()).allMatch(one -> known.contains(one.name()));
      }
    }
    assertThat(missing).isEqualTo(new TreeSet<>(NOT_SERVED));
  }

  /** Clients that know a kind by its short name only take the first group that has it. */
  @Test
  void groupsStandInTheOrderOfDiscovery() {
    List<String> order = recorded().stream().map(Recorded::group).toList();
    List<String> here =
        Kinds.all().stream()
            .map(Kind::group)
            .distinct()
            .filter(group -> !group.equals("fleet.garrison"))
            .toList();
    assertThat(here).isEqualTo(order.stream().filter(here::contains).toList());
    assertThat(Kinds.all().getLast()).isEqualTo(Kinds.NODE_CREDENTIAL);
    for (String group : here) {
      assertThat(Kinds.all().stream().filter(kind -> kind.group().equals(group)))
          .extracting(Kind::plural)
          .as(group)
          .isSorted();
    }
  }

  @Test
  void everyKindIsFoundByItsNames() {
    for (Kind kind : Kinds.all()) {
      assertThat(Kinds.byPlural(kind.group(), kind.version(), kind.plural())).isSameAs(kind);
      assertThat(Kinds.byKind(kind.apiVersion(), kind.kind())).isSameAs(kind);
    }
    assertThat(Kinds.byPlural("apps", "v1", "deployments")).isNull();
    assertThat(Kinds.byPlural("apps", "v1beta1", "daemonsets")).isNull();
    assertThat(Kinds.byKind("v1", "DaemonSet")).isNull();
  }

  /** A DELETE answers a Status, but for these (spec: api-server 10.3). */
  @Test
  void someDeletesAnswerTheObject() {
    assertThat(Kinds.all().stream().filter(kind -> kind.has(Trait.DELETE_ANSWERS_OBJECT)))
        .extracting(Kind::plural)
        .containsExactlyInAnyOrder(
            "namespaces", "pods", "podtemplates", "serviceaccounts", "csinodes");
  }

  /** Kinds whose generation counts, whose updates need a version, and whose PUT creates. */
  @Test
  void traitsAreThoseOfTheSpecification() {
    assertThat(with(Trait.GENERATION))
        .containsExactlyInAnyOrder(
            "daemonsets",
            "poddisruptionbudgets",
            "pods",
            "podtemplates",
            "customresourcedefinitions",
            "priorityclasses");
    assertThat(with(Trait.VERSIONED_UPDATE))
        .containsExactlyInAnyOrder("leases", "poddisruptionbudgets", "csinodes", "runtimeclasses");
    assertThat(with(Trait.CREATE_ON_UPDATE))
        .containsExactlyInAnyOrder("leases", "events", "events");
    assertThat(with(Trait.STATUS_AT_CREATE)).containsExactly("nodes");
  }

  private static List<String> with(Trait trait) {
    return Kinds.all().stream().filter(kind -> kind.has(trait)).map(Kind::plural).toList();
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(text -> texts.add(text.asString()));
    return texts;
  }

  private static List<String> verbs(Set<Verb> verbs) {
    return verbs.stream()
        .map(verb -> verb.name().toLowerCase(Locale.ROOT))
        .sorted()
        .collect(Collectors.toList());
  }
}
