package garrison.daemonset;

/** The nodes by where they stand. */
final class Standings {
  private final Slots slots;
  private final NumberSet[] sets = new NumberSet[Standing.values().length];

  Standings(Slots slots) {
    this.slots = slots;
    for (int i = 0; i < sets.length; i++) {
      sets[i] = new NumberSet();
    }
  }

  int count(Standing standing) {
    return set(standing).size();
  }

  /** One that stands there; asked again, another one if there is. */
  int next(Standing standing) {
    return set(standing).next();
  }

  /** Moves a node; from or to {@link Standing#ABSENT} it enters or leaves. */
  void move(int slot, Standing to) {
    Standing from = slots.standing(slot);
    if (from == to) {
      return;
    }
    if (from != Standing.ABSENT) {
      set(from).remove(slot);
    }
    slots.stand(slot, to);
    if (to != Standing.ABSENT) {
      set(to).add(slot);
    }
  }

  private NumberSet set(Standing standing) {
    return sets[standing.ordinal()];
  }
}
