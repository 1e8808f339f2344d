package garrison.daemonset;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The slots by where they stand; a move costs O(1) and keeps no order. */
final class Standings {
  private final Map<Standing, List<Slot>> lists = new EnumMap<>(Standing.class);

  Standings() {
    for (Standing standing : Standing.values()) {
      lists.put(standing, new ArrayList<>());
    }
  }

  int count(Standing standing) {
    return list(standing).size();
  }

  Slot last(Standing standing) {
    return list(standing).getLast();
  }

  /** Moves a slot; from or to {@link Standing#ABSENT} it enters or leaves. */
  void move(Slot slot, Standing to) {
    if (slot.standing == to) {
      return;
    }
    if (slot.standing != Standing.ABSENT) {
      List<Slot> from = list(slot.standing);
      Slot last = from.removeLast();
      if (last != slot) {
        from.set(slot.place, last);
        last.place = slot.place;
      }
    }
    slot.standing = to;
    if (to != Standing.ABSENT) {
      List<Slot> list = list(to);
      slot.place = list.size();
      list.add(slot);
    }
  }

  private List<Slot> list(Standing standing) {
    return java.util.Objects.requireNonNull(lists.get(standing));
  }
}
