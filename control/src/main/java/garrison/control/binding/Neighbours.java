package garrison.control.binding;

import garrison.model.Pod;
import garrison.model.selector.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a pod demands of the pods around it: those it must be near, must not be near, and must be
 * spread among. Most pods demand nothing, and cost nothing here. Immutable.
 *
 * @param near required pod affinity
 * @param apart required pod anti-affinity
 * @param spread constraints that keep the pod waiting where they are not met
 */
record Neighbours(List<Term> near, List<Term> apart, List<Spread> spread) {
  static final Neighbours NONE = new Neighbours(List.of(), List.of(), List.of());

  /**
   * Pods of these namespaces with such labels, on nodes that share a label's value.
   *
   * @param key of the node's label
   * @param namespaces by name
   * @param namespaceSelector by label, besides
   * @param selector of the pods
   */
  record Term(
      String key, Set<String> namespaces, LabelSelector namespaceSelector, LabelSelector selector) {
    boolean matches(Occupant pod, Function<String, Map<String, String>> labelsOfNamespace) {
      return selector.matches(pod.labels())
          && (namespaces.contains(pod.namespace())
              || namespaceSelector.isEmpty()
              || (!namespaceSelector.requirements().isEmpty()
                  && namespaceSelector.matches(labelsOfNamespace.apply(pod.namespace()))));
    }
  }

  /**
   * At most so much more of the chosen pods in one part of the fleet than in the emptiest.
   *
   * @param key of the label by whose values the fleet is parted
   * @param maxSkew the most
   * @param minDomains with fewer parts, the emptiest counts as empty
   * @param ofNodesItDemands whether only nodes that the pod's own affinity allows count
   * @param ofNodesItTolerates whether only nodes whose taints the pod tolerates count
   */
  record Spread(
      String key,
      LabelSelector selector,
      long maxSkew,
      long minDomains,
      boolean ofNodesItDemands,
      boolean ofNodesItTolerates) {}

  static Neighbours of(Pod pod) {
    JsonNode affinity = pod.spec().path("affinity");
    List<Term> near = terms(pod, affinity.path("podAffinity"));
    List<Term> apart = terms(pod, affinity.path("podAntiAffinity"));
    List<Spread> spread = new ArrayList<>(0);
    for (JsonNode constraint : pod.spec().path("topologySpreadConstraints")) {
      if (text(constraint, "whenUnsatisfiable").equals("DoNotSchedule")) {
        spread.add(
            new Spread(
                text(constraint, "topologyKey"),
                selector(pod, constraint),
                constraint.path("maxSkew").asLong(1),
                constraint.path("minDomains").asLong(1),
                !text(constraint, "nodeAffinityPolicy").equals("Ignore"),
                text(constraint, "nodeTaintsPolicy").equals("Honor")));
      }
    }
    return near.isEmpty() && apart.isEmpty() && spread.isEmpty()
        ? NONE
        : new Neighbours(near, apart, List.copyOf(spread));
  }

  private static List<Term> terms(Pod pod, JsonNode affinity) {
    JsonNode required = affinity.path("requiredDuringSchedulingIgnoredDuringExecution");
    if (required.isEmpty()) {
      return List.of();
    }
    List<Term> terms = new ArrayList<>(required.size());
    for (JsonNode term : required) {
      Set<String> namespaces = new TreeSet<>();
      term.path("namespaces").forEach(name -> namespaces.add(name.asString("")));
      JsonNode selected = term.path("namespaceSelector");
      if (namespaces.isEmpty() && !selected.isObject()) {
        namespaces.add(pod.namespace());
      }
      terms.add(
          new Term(
              text(term, "topologyKey"),
              Set.copyOf(namespaces),
              LabelSelector.of(selected),
              selector(pod, term)));
    }
    return List.copyOf(terms);
  }

  /** The selector, narrowed by what the pod's own labels say of the keys it names. */
  private static LabelSelector selector(Pod pod, JsonNode of) {
    if (!(of.path("labelSelector") instanceof ObjectNode plain)) {
      return LabelSelector.NOTHING;
    }
    ObjectNode selector = plain.deepCopy();
    narrow(pod, of.path("matchLabelKeys"), "In", selector);
    narrow(pod, of.path("mismatchLabelKeys"), "NotIn", selector);
    return LabelSelector.of(selector);
  }

  private static void narrow(Pod pod, JsonNode keys, String operator, ObjectNode selector) {
    for (JsonNode key : keys) {
      String value = pod.labels().get(key.asString(""));
      if (value != null) {
        ObjectNode expression = selector.withArray("matchExpressions").addObject();
        expression.put("key", key.asString("")).put("operator", operator);
        expression.putArray("values").add(value);
      }
    }
  }

  private static String text(JsonNode object, String member) {
    return object.path(member).asString("");
  }
}
