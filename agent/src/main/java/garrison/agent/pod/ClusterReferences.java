package garrison.agent.pod;

import garrison.client.Cluster;
import garrison.model.StatusException;
import garrison.model.json.Json;
import garrison.model.kind.Kinds;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Read from the server each time: a node may not list them, and a pod starts seldom. */
final class ClusterReferences implements References {
  private final Cluster cluster;

  ClusterReferences(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public @Nullable ObjectNode configMap(String namespace, String name) {
    return cluster.find(Kinds.CONFIG_MAP, namespace, name);
  }

  @Override
  public @Nullable ObjectNode secret(String namespace, String name) {
    return cluster.find(Kinds.SECRET, namespace, name);
  }

  @Override
  public @Nullable AccountToken token(PodContext context, String audience, long seconds) {
    ObjectNode request =
        Json.object().put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
    ObjectNode spec = request.putObject("spec").put("expirationSeconds", seconds);
    ArrayNode audiences = spec.putArray("audiences");
    if (!audience.isEmpty()) {
      audiences.add(audience);
    }
    spec.putObject("boundObjectRef")
        .put("apiVersion", "v1")
        .put("kind", "Pod")
        .put("name", context.name())
        .put("uid", context.uid());
    String account = context.spec().path("serviceAccountName").asString("default");
    try {
      JsonNode status =
          cluster
              .post(Kinds.SERVICE_ACCOUNT, context.namespace(), account, "token", request)
              .path("status");
      return new AccountToken(
          status.path("token").asString(""),
          Instant.parse(status.path("expirationTimestamp").asString("")));
    } catch (StatusException e) {
      if (servesNone(e)) {
        return null;
      }
      throw e;
    } catch (DateTimeException e) {
      throw StatusException.internal("a token without an expirationTimestamp");
    }
  }

  /** Whether it knows no such requests at all: an object that is missing is named in the answer. */
  private static boolean servesNone(StatusException e) {
    return e.code() == 405
        || (e.code() == 404 && e.status().path("details").path("name").asString("").isEmpty());
  }

  @Override
  public @Nullable ObjectNode runtimeClass(String name) {
    return cluster.find(Kinds.RUNTIME_CLASS, "", name);
  }
}
