package garrison.daemonset;

/** The nodes at which something may be to be done; each knows by a bit whether it waits here. */
final class SlotQueue {
  private final Slots slots;
  private final int mark;
  private final NumberSet waiting = new NumberSet();

  /** With the bit of {@link Slots} that is its own. */
  SlotQueue(Slots slots, int mark) {
    this.slots = slots;
    this.mark = mark;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void set(int slot, boolean waits) {
    if (slots.has(slot, mark) != waits) {
      slots.mark(slot, mark, waits);
      waiting.set(slot, waits);
    }
  }

  /** One that waits, and goes on waiting; asked again, another one if there is. */
  int next() {
    return waiting.next();
  }
}
