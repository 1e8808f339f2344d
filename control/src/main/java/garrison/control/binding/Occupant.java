package garrison.control.binding;

import garrison.client.cache.ObjectKey;
import garrison.model.HostPort;
import garrison.model.Pod;
import garrison.model.Resources;
import java.util.List;
import java.util.Map;

/**
 * What is kept of a pod that takes room on a node, or is to: no more than others need to know, as
 * there is one for every pod of the fleet. Immutable.
 *
 * @param key its name
 * @param uid its identity
 * @param priority the higher, the more important
 * @param labels for the demands of others
 * @param terminating whether somebody deleted it
 * @param requests what it takes; while it is resized the most of what it asks for, was promised and
 *     has
 * @param ports the ports it takes
 * @param neighbours what it demands of the pods around it
 */
record Occupant(
    ObjectKey key,
    String uid,
    long priority,
    Map<String, String> labels,
    boolean terminating,
    Resources requests,
    List<HostPort> ports,
    Neighbours neighbours) {
  static Occupant of(Pod pod) {
    return new Occupant(
        new ObjectKey(pod.namespace(), pod.name()),
        pod.meta().uid(),
        pod.priority(),
        pod.labels(),
        pod.terminating(),
        pod.nodeName().isEmpty()
            ? pod.requests()
            : Resources.ofRunningPod(pod.spec(), pod.status()),
        pod.hostPorts(),
        Neighbours.of(pod));
  }

  String namespace() {
    return key.namespace();
  }

  /** Whether it demands that others stay away. */
  boolean keepsApart() {
    return !neighbours.apart().isEmpty();
  }
}
