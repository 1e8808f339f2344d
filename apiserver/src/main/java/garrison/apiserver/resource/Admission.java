package garrison.apiserver.resource;

import garrison.apiserver.admission.AdmissionPlugin;
import garrison.apiserver.admission.AdmissionRequest;
import garrison.model.kind.Kind;
import garrison.model.kind.Verb;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** The chain of admission plug-ins, in their order (spec: api-server 10.2). */
final class Admission {
  private final List<AdmissionPlugin> plugins;

  Admission(List<AdmissionPlugin> plugins) {
    this.plugins = List.copyOf(plugins);
  }

  void mutate(AdmissionRequest request) {
    plugins.forEach(plugin -> plugin.mutate(request));
  }

  void validate(AdmissionRequest request) {
    plugins.forEach(plugin -> plugin.validate(request));
  }

  static AdmissionRequest request(
      RequestContext context,
      Verb operation,
      Kind kind,
      String subresource,
      String namespace,
      String name,
      @Nullable ObjectNode document,
      @Nullable ObjectNode old) {
    return new AdmissionRequest(
        context.user(),
        operation,
        kind,
        subresource,
        namespace,
        name,
        document,
        old,
        context.dryRun());
  }
}
