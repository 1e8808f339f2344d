package garrison.daemonset;

import garrison.model.IntOrPercent;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Kubernetes' own roll-out (spec: daemonset 6.2 to 6.4).
 *
 * <p>Without surge: old pods that are not available are deleted at once; of the available ones as
 * many as {@code maxUnavailable} leaves room for. With surge: new pods start beside old ones, up to
 * {@code maxSurge} that are not available yet; an old pod goes when its successor is available.
 *
 * @param maxUnavailable how many nodes may be without an available pod
 * @param maxSurge how many nodes may have a new pod that is not available yet beside an old one
 */
public record RollingUpdate(IntOrPercent maxUnavailable, IntOrPercent maxSurge)
    implements RolloutPlan {

  private static final Set<Standing> WITHOUT_AVAILABLE_POD =
      EnumSet.of(
          Standing.EXCESS,
          Standing.EMPTY,
          Standing.NEW_UNAVAILABLE,
          Standing.OLD_UNAVAILABLE,
          Standing.OLD_UNAVAILABLE_INELIGIBLE,
          Standing.OLD_UNAVAILABLE_NODE_GONE,
          Standing.BOTH_AVAILABLE,
          Standing.BOTH_NEW_AVAILABLE,
          Standing.BOTH_OLD_AVAILABLE,
          Standing.BOTH_UNAVAILABLE);

  private static final Set<Standing> SURGING =
      EnumSet.of(Standing.EXCESS, Standing.BOTH_OLD_AVAILABLE, Standing.BOTH_UNAVAILABLE);

  private static final Set<Standing> SERVING =
      EnumSet.of(
          Standing.NEW_AVAILABLE,
          Standing.OLD_AVAILABLE,
          Standing.OLD_AVAILABLE_INELIGIBLE,
          Standing.OLD_AVAILABLE_NODE_GONE,
          Standing.BOTH_AVAILABLE,
          Standing.BOTH_OLD_AVAILABLE);

  @Override
  public List<Pick> next(Counts counts) {
    Budget budget = budget(counts);
    return budget.surge() ? beside(counts, budget) : inPlace(counts, budget);
  }

  @Override
  public Budget budget(Counts counts) {
    int desired = counts.desired();
    int surge = maxSurge.scaledUp(desired);
    if (surge > 0) {
      return new Budget(surge, true, SURGING);
    }
    int unavailable = maxUnavailable.scaledUp(desired);
    boolean neither = desired > 0 && unavailable == 0;
    return new Budget(neither ? 1 : unavailable, false, WITHOUT_AVAILABLE_POD);
  }

  /** Delete first, create when it is gone (6.3). */
  private static List<Pick> inPlace(Counts counts, Budget budget) {
    List<Pick> picks = new ArrayList<>();
    pickAll(picks, counts, Standing.OLD_UNAVAILABLE, Move.DELETE_UNAVAILABLE_OLD);
    pickAll(picks, counts, Standing.OLD_UNAVAILABLE_INELIGIBLE, Move.DELETE_UNAVAILABLE_OLD);
    pickAll(picks, counts, Standing.OLD_UNAVAILABLE_NODE_GONE, Move.DELETE_UNAVAILABLE_OLD);
    int room = budget.limit() - sum(counts, budget.holders());
    for (Standing from :
        List.of(
            Standing.OLD_AVAILABLE,
            Standing.OLD_AVAILABLE_INELIGIBLE,
            Standing.OLD_AVAILABLE_NODE_GONE)) {
      room -= pick(picks, counts, from, Move.DELETE_OLD, room);
    }
    return picks;
  }

  /** Create first, delete when the new one serves (6.4). */
  private static List<Pick> beside(Counts counts, Budget budget) {
    int available = sum(counts, SERVING);
    List<Pick> picks = new ArrayList<>();
    pickAll(picks, counts, Standing.BOTH_AVAILABLE, Move.DELETE_SUCCEEDED_OLD);
    pickAll(picks, counts, Standing.BOTH_NEW_AVAILABLE, Move.DELETE_SUCCEEDED_OLD);
    pickAll(picks, counts, Standing.OLD_UNAVAILABLE_INELIGIBLE, Move.DELETE_UNAVAILABLE_OLD);
    pick(
        picks,
        counts,
        Standing.OLD_AVAILABLE_INELIGIBLE,
        Move.DELETE_SUNSET_OLD,
        available - counts.desired());
    pickAll(picks, counts, Standing.OLD_UNAVAILABLE, Move.CREATE_NEW_FOR_UNAVAILABLE);
    pick(
        picks,
        counts,
        Standing.OLD_AVAILABLE,
        Move.CREATE_NEW,
        budget.limit() - sum(counts, budget.holders()));
    return picks;
  }

  private static int sum(Counts counts, Set<Standing> standings) {
    int sum = 0;
    for (Standing standing : standings) {
      sum += counts.count(standing);
    }
    return sum;
  }

  private static void pickAll(List<Pick> picks, Counts counts, Standing from, Move move) {
    pick(picks, counts, from, move, counts.count(from));
  }

  private static int pick(List<Pick> picks, Counts counts, Standing from, Move move, int room) {
    int most = Math.clamp(room, 0, counts.count(from));
    if (most > 0) {
      picks.add(new Pick(from, move, most));
    }
    return most;
  }
}
