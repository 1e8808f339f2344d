package garrison.apiserver.admission;

import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Every pod runs as a service account, and finds its token in a volume (spec: api-server 15.1). */
public final class ServiceAccounts implements AdmissionPlugin {
  private static final String DEFAULT = "default";
  private static final String PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final String MIRROR = "kubernetes.io/config.mirror";
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  /** A new namespace has its account after a moment: the loop that makes it is on its way. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Lookup lookup;
  private final RandomGenerator random;

  /** Over the present state. */
  public ServiceAccounts(Lookup lookup, RandomGenerator random) {
    this.lookup = lookup;
    this.random = random;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    ObjectNode pod = request.document();
    if (pod == null
        || !request.creates(Kinds.POD)
        || pod.path("metadata").path("annotations").has(MIRROR)) {
      return;
    }
    ObjectNode spec = pod.withObject("spec");
    String name = spec.path("serviceAccountName").asString("");
    if (name.isEmpty()) {
      name = DEFAULT;
      spec.put("serviceAccountName", DEFAULT);
      spec.put("serviceAccount", DEFAULT);
    }
    ObjectNode account = find(request.namespace(), name);
    if (account == null) {
      throw StatusException.forbidden(
          request.kind(),
          request.name(),
          "error looking up service account "
              + request.namespace()
              + "/"
              + name
              + ": serviceaccount \""
              + name
              + "\" not found");
    }
    if (automounts(spec, account)) {
      mountToken(spec);
    }
    JsonNode pullSecrets = account.path("imagePullSecrets");
    if (spec.path("imagePullSecrets").isEmpty() && !pullSecrets.isEmpty()) {
      spec.set("imagePullSecrets", pullSecrets.deepCopy());
    }
  }

  private @Nullable ObjectNode find(String namespace, String name) {
    return name.equals(DEFAULT)
        ? lookup.await(Kinds.SERVICE_ACCOUNT, namespace, name, PATIENCE)
        : lookup.get(Kinds.SERVICE_ACCOUNT, namespace, name);
  }

  private static boolean automounts(ObjectNode spec, ObjectNode account) {
    JsonNode own = spec.path("automountServiceAccountToken");
    return own.isBoolean()
        ? own.booleanValue()
        : account.path("automountServiceAccountToken").asBoolean(true);
  }

  private void mountToken(ObjectNode spec) {
    StringBuilder name = new StringBuilder("kube-api-access-");
    for (int i = 0; i < 5; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    boolean needed = mount(spec.path("initContainers"), name.toString());
    needed |= mount(spec.path("containers"), name.toString());
    if (needed) {
      array(spec, "volumes").add(tokenVolume(name.toString()));
    }
  }

  private static boolean mount(JsonNode containers, String volume) {
    boolean mounted = false;
    for (JsonNode container : containers) {
      boolean own = false;
      for (JsonNode mount : container.path("volumeMounts")) {
        own |= mount.path("mountPath").asString("").equals(PATH);
      }
      if (!own && container instanceof ObjectNode object) {
        array(object, "volumeMounts")
            .addObject()
            .put("name", volume)
            .put("readOnly", true)
            .put("mountPath", PATH);
        mounted = true;
      }
    }
    return mounted;
  }

  private static ObjectNode tokenVolume(String name) {
    ObjectNode volume = Json.object().put("name", name);
    ObjectNode projected = volume.putObject("projected");
    ArrayNode sources = projected.putArray("sources");
    sources
        .addObject()
        .putObject("serviceAccountToken")
        .put("expirationSeconds", 3607)
        .put("path", "token");
    ObjectNode authority = sources.addObject().putObject("configMap");
    authority.put("name", "kube-root-ca.crt");
    authority.putArray("items").addObject().put("key", "ca.crt").put("path", "ca.crt");
    ObjectNode item = sources.addObject().putObject("downwardAPI").putArray("items").addObject();
    item.put("path", "namespace");
    item.putObject("fieldRef").put("apiVersion", "v1").put("fieldPath", "metadata.namespace");
    projected.put("defaultMode", 420);
    return volume;
  }

  private static ArrayNode array(ObjectNode object, String member) {
    return object.get(member) instanceof ArrayNode present ? present : object.putArray(member);
  }
}
