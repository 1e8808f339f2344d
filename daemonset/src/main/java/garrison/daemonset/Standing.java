package garrison.daemonset;

/**
 * Where a node stands in a roll-out (spec: daemonset 6.3, 6.4). Each node with a part in it stands
 * in exactly one place; "new" and "old" are its live pods, those nobody deletes.
 */
public enum Standing {
  /** Not eligible and without pods: no part in the roll-out. */
  ABSENT,
  /** More than one new or more than one old pod. */
  EXCESS,
  /** No live pod. */
  EMPTY,
  /** Only a new pod, available. */
  NEW_AVAILABLE,
  /** Only a new pod, not available yet. */
  NEW_UNAVAILABLE,
  /** Only an old pod, available, on an eligible node. */
  OLD_AVAILABLE,
  /** Only an old pod, not available, on an eligible node. */
  OLD_UNAVAILABLE,
  /** Only an old pod, available, on a node that gets no new one. */
  OLD_AVAILABLE_INELIGIBLE,
  /** Only an old pod, not available, on a node that gets no new one. */
  OLD_UNAVAILABLE_INELIGIBLE,
  /** Only an old pod, available, on a node that is gone. */
  OLD_AVAILABLE_NODE_GONE,
  /** Only an old pod, not available, on a node that is gone. */
  OLD_UNAVAILABLE_NODE_GONE,
  /** Both, both available. */
  BOTH_AVAILABLE,
  /** Both, only the new one available. */
  BOTH_NEW_AVAILABLE,
  /** Both, only the old one available. */
  BOTH_OLD_AVAILABLE,
  /** Both, none available. */
  BOTH_UNAVAILABLE
}
