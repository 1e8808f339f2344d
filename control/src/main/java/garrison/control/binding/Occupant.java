package garrison.control.binding;

import garrison.model.Pod;

/** A pod that takes room on a node, or is to; and what it asks for. */
record Occupant(Pod pod, Demand demand) {
  static Occupant of(Pod pod) {
    return new Occupant(pod, Demand.of(pod));
  }

  String uid() {
    return pod.meta().uid();
  }
}
