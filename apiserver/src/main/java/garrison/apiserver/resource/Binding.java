package garrison.apiserver.resource;

import garrison.apiserver.watch.Stored;
import garrison.model.FieldError;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import garrison.model.Timestamps;
import garrison.model.json.Json;
import garrison.model.kind.Kind;
import garrison.model.kind.Kinds;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Gives a pod its node (spec: api-server 10.4). */
final class Binding {
  private static final Kind POD = Kinds.POD;

  private final Retry retry;
  private final Writer writer;
  private final Codec codec;
  private final InstantSource clock;
  private final Answers answers;

  Binding(Retry retry, Writer writer, Codec codec, InstantSource clock, Answers answers) {
    this.retry = retry;
    this.writer = writer;
    this.codec = codec;
    this.clock = clock;
    this.answers = answers;
  }

  /** Binds the pod that the URL names; or, where that names none, the one that the body names. */
  Answer bind(RequestContext context, String namespace, String name, Body body) {
    ObjectNode binding =
        codec.decode(Kinds.BINDING, body, context.fieldValidation(), context.warnings());
    String named = Documents.name(binding);
    if (!name.isEmpty() && !named.equals(name)) {
      throw StatusException.badRequest("name in URL does not match name in Binding object");
    }
    SystemMetadata.placeIn(Kinds.BINDING, namespace, binding);
    checkTarget(named, binding.path("target"));
    return retry.until(POD, namespace, named, current -> bind(context, named, binding, current));
  }

  private static void checkTarget(String name, JsonNode target) {
    List<FieldError> errors = new ArrayList<>();
    String kind = Documents.text(target, "kind");
    if (!kind.isEmpty() && !kind.equals("Node")) {
      errors.add(Options.unsupported("target.kind", "\"" + kind + "\"", "\"Node\", \"<empty>\""));
    }
    if (Documents.text(target, "name").isEmpty()) {
      errors.add(new FieldError("target.name", FieldError.Type.REQUIRED, "Required value"));
    }
    if (!errors.isEmpty()) {
      throw StatusException.invalid(Kinds.BINDING, name, errors);
    }
  }

  private Answer bind(RequestContext context, String name, ObjectNode binding, Stored current) {
    ObjectNode pod = current.document().deepCopy();
    String uid = Documents.uid(binding);
    if (!uid.isEmpty() && !uid.equals(Documents.uid(pod))) {
      throw Refusals.precondition(
          POD,
          name,
          "the UID in the precondition ("
              + uid
              + ") does not match the UID in record ("
              + Documents.uid(pod)
              + "). The object might have been deleted and then recreated");
    }
    if (Documents.deleting(pod)) {
      throw conflict(name, "pod " + name + " is being deleted, cannot be assigned to a host");
    }
    String node = Documents.text(pod.path("spec"), "nodeName");
    if (!node.isEmpty()) {
      throw conflict(name, "pod " + name + " is already assigned to node \"" + node + "\"");
    }
    if (!pod.path("spec").path("schedulingGates").isEmpty()) {
      throw conflict(name, "pod " + name + " has non-empty .spec.schedulingGates");
    }
    pod.withObject("spec").put("nodeName", Documents.text(binding.path("target"), "name"));
    merge(binding, pod, "labels");
    merge(binding, pod, "annotations");
    ObjectNode scheduled = Json.object().put("type", "PodScheduled").put("status", "True");
    scheduled.putNull("lastProbeTime");
    scheduled.put("lastTransitionTime", Timestamps.seconds(clock.instant()));
    Conditions.set(pod, scheduled);
    // Where it was to go does not matter any more.
    pod.withObject("status").remove("nominatedNodeName");
    if (!context.dryRun()) {
      writer.put(POD, current.key(), pod, current.revision());
    }
    return answers.created();
  }

  private static void merge(ObjectNode from, ObjectNode to, String member) {
    if (from.path("metadata").get(member) instanceof ObjectNode texts && !texts.isEmpty()) {
      ObjectNode metadata = Documents.metadata(to);
      ObjectNode present =
          metadata.get(member) instanceof ObjectNode object ? object : metadata.putObject(member);
      present.setAll(texts);
    }
  }

  private static StatusException conflict(String name, String why) {
    return StatusException.of(
        StatusReason.CONFLICT,
        "Operation cannot be fulfilled on pods/binding \"" + name + "\": " + why,
        Json.object().put("name", name).put("kind", "pods/binding"));
  }
}
