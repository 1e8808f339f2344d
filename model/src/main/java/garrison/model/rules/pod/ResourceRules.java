package garrison.model.rules.pod;

import garrison.model.Quantity;
import garrison.model.rules.check.At;
import garrison.model.rules.check.Errors;
import garrison.model.rules.check.Formats;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What containers and pods request, and their limits (spec: api-server 15.2). */
public final class ResourceRules {
  /** How a name of a resource is checked. */
  private interface NameCheck {
    void check(At at, String name, Errors errors);
  }

  private ResourceRules() {}

  static void ofContainer(At resources, Set<String> claims, Errors errors) {
    requirements(resources, ResourceNames::ofContainer, claims, errors);
  }

  /** An amount that is added to each pod of a class. */
  public static void overhead(At overhead, At amounts, Errors errors) {
    Totals totals = new Totals();
    limits(
        new At(overhead.path() + ".limits", amounts.node()),
        ResourceNames::ofContainer,
        totals,
        errors);
    totals.hugePagesAlone(overhead, errors);
  }

  /** The pod's own, which bound those of all its containers together. */
  static void ofPod(PodContext context, Errors errors) {
    At resources = context.spec().child("resources");
    if (!resources.present()) {
      return;
    }
    if (context.system().equals("windows")) {
      errors.forbidden(resources, "may not be set for a windows pod");
      return;
    }
    if (resources.has("claims")) {
      errors.forbidden(
          resources.child("claims"), "claims may not be set for Resources at pod-level");
    }
    requirements(resources, ResourceNames::ofPod, context.claims(), errors);
    consistent(context.spec(), resources, errors);
  }

  /** What limits and requests hold, as far as huge pages need it. */
  private static final class Totals {
    private boolean hugePages;
    private boolean compute;

    void add(String name) {
      hugePages |= ResourceNames.isHugePages(name);
      compute |= name.equals("cpu") || name.equals("memory");
    }

    void hugePagesAlone(At at, Errors errors) {
      if (hugePages && !compute) {
        errors.forbidden(at, "HugePages require cpu or memory");
      }
    }
  }

  private static void requirements(
      At resources, NameCheck names, Set<String> claims, Errors errors) {
    Totals totals = new Totals();
    At limits = resources.child("limits");
    At requests = resources.child("requests");
    limits(limits, names, totals, errors);
    requests.entries(
        (name, at) -> {
          Quantity quantity = Quantity.parse(at.text());
          amount(at, name, quantity, names, totals, errors);
          withinLimit(requests, limits, name, quantity, errors);
          hugePages(at, name, quantity, errors);
        });
    totals.hugePagesAlone(resources, errors);
    claims(resources.child("claims"), claims, errors);
  }

  private static void limits(At limits, NameCheck names, Totals totals, Errors errors) {
    limits.entries(
        (name, at) -> {
          Quantity quantity = Quantity.parse(at.text());
          amount(at, name, quantity, names, totals, errors);
          hugePages(at, name, quantity, errors);
        });
  }

  private static void amount(
      At at, String name, Quantity quantity, NameCheck names, Totals totals, Errors errors) {
    names.check(at, name, errors);
    ResourceNames.quantity(at, name, quantity, errors);
    totals.add(name);
  }

  private static void hugePages(At at, String name, Quantity quantity, Errors errors) {
    if (ResourceNames.isHugePages(name)) {
      String wrong = ResourceNames.hugePages(name, quantity);
      if (!wrong.isEmpty()) {
        errors.invalid(at, quantity.written(), wrong);
      }
    }
  }

  private static void withinLimit(
      At requests, At limits, String name, Quantity request, Errors errors) {
    boolean overcommit = ResourceNames.allowsOvercommit(name);
    if (!limits.has(name)) {
      if (!overcommit) {
        errors.required(limits, "Limit must be set for non overcommitable resources");
      }
      return;
    }
    Quantity limit = Quantity.parse(limits.text(name));
    int order = request.compareTo(limit);
    if (order != 0 && !overcommit) {
      errors.invalid(
          requests, request.written(), "must be equal to " + name + " limit of " + limit.written());
    } else if (order > 0) {
      errors.invalid(
          requests,
          request.written(),
          "must be less than or equal to " + name + " limit of " + limit.written());
    }
  }

  private static void claims(At claims, Set<String> known, Errors errors) {
    Set<String> seen = new HashSet<>();
    for (At claim : claims.items()) {
      String name = claim.text("name");
      if (name.isEmpty()) {
        errors.required(claim);
        continue;
      }
      claim(claim, name, seen, errors);
      if (!known.contains(name)) {
        errors.notFound(
            claim,
            name,
            "must be one of the names in pod.spec.resourceClaims"
                + (known.isEmpty()
                    ? " which is empty"
                    : ": " + String.join(", ", new TreeSet<>(known))));
      }
    }
  }

  /** A whole claim, or one request of it; none twice. */
  private static void claim(At claim, String name, Set<String> seen, Errors errors) {
    if (seen.contains(name)) {
      errors.duplicate(claim, name);
      return;
    }
    At request = claim.child("request");
    if (request.text().isEmpty()) {
      if (seen.stream().anyMatch(other -> other.startsWith(name + "/"))) {
        errors.duplicate(claim, name);
      }
      seen.add(name);
      return;
    }
    errors.invalid(request, Formats.dnsLabel(request.text()));
    String key = name + "/" + request.text();
    if (!seen.add(key)) {
      errors.duplicate(claim, key);
    }
  }

  private static void consistent(At spec, At resources, Errors errors) {
    Map<String, Quantity> requested = PodTotals.of(spec.node(), "requests");
    At requests = resources.child("requests");
    requests.entries(
        (name, at) -> {
          Quantity sum = requested.get(name);
          if (sum != null && sum.compareTo(Quantity.parse(at.text())) > 0) {
            errors.invalid(
                at,
                at.text(),
                "must be greater than or equal to aggregate container requests of "
                    + sum.written());
          }
        });
    Map<String, Quantity> limited = PodTotals.of(spec.node(), "limits");
    At limits = resources.child("limits");
    limits.entries(
        (name, at) -> {
          Quantity sum = limited.get(name);
          if (ResourceNames.isHugePages(name)
              && sum != null
              && sum.compareTo(Quantity.parse(at.text())) > 0) {
            errors.invalid(
                at,
                at.text(),
                "must be greater than or equal to aggregate container limits of " + sum.written());
          }
        });
    int index = 0;
    for (At container : spec.child("containers").items()) {
      At reported = resources.child("containers").index(index++);
      container
          .child("resources", "limits")
          .entries((name, at) -> withinPod(limits, name, at, reported, errors));
    }
  }

  private static void withinPod(At limits, String name, At limit, At reported, Errors errors) {
    if (limits.has(name)) {
      Quantity most = Quantity.parse(limits.text(name));
      if (Quantity.parse(limit.text()).compareTo(most) > 0) {
        errors.invalid(
            reported.key(name).child("limits"),
            limit.text(),
            "must be less than or equal to pod limits of " + most.written());
      }
    }
  }
}
