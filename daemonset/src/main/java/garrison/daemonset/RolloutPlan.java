package garrison.daemonset;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides which of the nodes that could be updated are next. The {@link Fleet} offers candidates by
 * {@link Standing} and keeps their counts; it does not know which plan chooses among them. Pure:
 * equal counts give equal picks.
 */
@FunctionalInterface
public interface RolloutPlan {
  /** What may be known of the fleet: its counts. */
  interface Counts {
    /** Eligible nodes. */
    int desired();

    /** Nodes with that standing. */
    int count(Standing standing);
  }

  /** What is done on a picked node. */
  enum Move {
    /** Delete the old pod; its turn has come. */
    DELETE_OLD,
    /** Delete the old pod, which does not serve anyway. */
    DELETE_UNAVAILABLE_OLD,
    /** Delete the old pod, whose successor is available. */
    DELETE_SUCCEEDED_OLD,
    /** Delete the old pod of a node that gets no new one. */
    DELETE_SUNSET_OLD,
    /** Create a new pod beside the old one. */
    CREATE_NEW,
    /** Create a new pod beside the old one that is not available. */
    CREATE_NEW_FOR_UNAVAILABLE
  }

  /**
   * A choice.
   *
   * @param from nodes of this standing
   * @param move what to do there
   * @param most on how many of them at most
   */
  record Pick(Standing from, Move move, int most) {}

  /** What is to be done now, in this order. */
  List<Pick> next(Counts counts);

  /**
   * What it allows at a time, and who uses it up.
   *
   * @param limit so many nodes, at this size of the fleet
   * @param surge whether it bounds nodes with a pod too many, not nodes without an available one
   * @param holders nodes of these standings count against it
   */
  record Budget(int limit, boolean surge, Set<Standing> holders) {}

  /** Its budget; null where it has none, because it replaces nothing by itself. */
  default @Nullable Budget budget(Counts counts) {
    return null;
  }

  /** Nothing is replaced for being old (spec: daemonset 6.1). */
  RolloutPlan ON_DELETE = counts -> List.of();

  /** Nothing is replaced while {@code maxUnavailable} cannot be read (spec: daemonset 6.2). */
  RolloutPlan UNREADABLE = counts -> List.of();
}
