package garrison.control.daemonset;

import garrison.client.DeleteOptions;
import garrison.client.ListOptions;
import garrison.client.UnreachableException;
import garrison.client.events.ObjectReference;
import garrison.daemonset.Action;
import garrison.daemonset.PodTemplate;
import garrison.model.DaemonSet;
import garrison.model.OwnerReference;
import garrison.model.Pod;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.kind.Kinds;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Creates and deletes pods, and tells of it in events (spec: daemonset 4.5, 8.1). Blocking. */
final class PodCalls {
  private final Surroundings around;

  PodCalls(Surroundings around) {
    this.around = around;
  }

  /** How a call ended. */
  sealed interface Outcome {
    /** Created, as the server made it. */
    record Created(Pod pod) implements Outcome {}

    /** Deleted, or gone already. */
    record Deleted() implements Outcome {}

    /** Refused, for this reason. */
    record Refused(RuntimeException cause) implements Outcome {}

    /** No answer: it may or may not have happened. */
    record Unknown(UnreachableException cause) implements Outcome {}
  }

  Outcome create(DaemonSet daemonSet, PodTemplate template, Action.CreatePod action) {
    Outcome outcome;
    try {
      Pod pod =
          Pod.of(
              around
                  .cluster()
                  .create(Kinds.POD, template.namespace(), template.podFor(action.node())));
      around
          .events()
          .normal(reference(daemonSet), "SuccessfulCreate", "Created pod: " + pod.name());
      outcome = new Outcome.Created(pod);
    } catch (UnreachableException e) {
      outcome = new Outcome.Unknown(e);
    } catch (StatusException e) {
      if (!namespaceTerminating(e)) {
        around
            .events()
            .warning(reference(daemonSet), "FailedCreate", "Error creating: " + e.message());
      }
      outcome = new Outcome.Refused(e);
    } catch (RuntimeException e) {
      outcome = new Outcome.Refused(e);
    }
    around.measures().action(action, outcome instanceof Outcome.Created);
    return outcome;
  }

  Outcome delete(DaemonSet daemonSet, Action.DeletePod action) {
    Outcome outcome;
    String name = action.pod().name();
    try {
      // The uid makes sure that a newer pod of the same name is never hit.
      DeleteOptions options =
          new DeleteOptions(DeleteOptions.DEFAULT_GRACE, "", action.pod().uid(), "");
      around.cluster().delete(Kinds.POD, daemonSet.namespace(), name, options);
      around.events().normal(reference(daemonSet), "SuccessfulDelete", "Deleted pod: " + name);
      outcome = new Outcome.Deleted();
    } catch (UnreachableException e) {
      outcome = new Outcome.Unknown(e);
    } catch (StatusException e) {
      if (e.reason() == StatusReason.NOT_FOUND || e.reason() == StatusReason.CONFLICT) {
        outcome = new Outcome.Deleted();
      } else {
        around
            .events()
            .warning(reference(daemonSet), "FailedDelete", "Error deleting: " + e.message());
        outcome = new Outcome.Refused(e);
      }
    } catch (RuntimeException e) {
      outcome = new Outcome.Refused(e);
    }
    around.measures().action(action, outcome instanceof Outcome.Deleted);
    return outcome;
  }

  /** The pods of a DaemonSet as the server has them this moment. */
  List<Pod> list(DaemonSet daemonSet) {
    return selected(daemonSet).filter(pod -> controls(daemonSet, pod)).toList();
  }

  /** The pods that nobody controls and that it could adopt, as the server has them this moment. */
  List<Pod> orphans(DaemonSet daemonSet) {
    return selected(daemonSet).filter(pod -> pod.meta().controller() == null).toList();
  }

  private Stream<Pod> selected(DaemonSet daemonSet) {
    return around
        .cluster()
        .list(Kinds.POD, daemonSet.namespace(), ListOptions.labels(daemonSet.selector().toString()))
        .items()
        .stream()
        .map(Pod::of);
  }

  static boolean controls(DaemonSet daemonSet, Pod pod) {
    OwnerReference controller = pod.meta().controller();
    return controller != null && controller.uid().equals(daemonSet.meta().uid());
  }

  static ObjectReference reference(DaemonSet daemonSet) {
    return ObjectReference.of(daemonSet.document());
  }

  private static boolean namespaceTerminating(StatusException refusal) {
    for (JsonNode cause : refusal.status().path("details").path("causes")) {
      if (cause.path("reason").asString("").equals("NamespaceTerminating")) {
        return true;
      }
    }
    return false;
  }
}
