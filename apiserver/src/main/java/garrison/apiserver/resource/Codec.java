package garrison.apiserver.resource;

import garrison.apiserver.watch.Encoder;
import garrison.client.PatchType;
import garrison.model.kind.Kind;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * Between bodies and documents: typed and strict reading, patching, and the form that is stored and
 * served. Thread-safe. Refusals are {@link garrison.model.StatusException}.
 */
public interface Codec extends Encoder {
  /**
   * A document of this kind from a body: types checked, unknown fields dropped, canonical values,
   * kind and apiVersion filled in (spec: api-server 5.2, 6.3). The caller owns the result.
   */
  ObjectNode decode(Kind kind, Body body, FieldValidation validation, Consumer<String> warnings);

  /**
   * What a patch makes of a document (spec: api-server 11), checked and canonical as {@link
   * #decode} has it. {@code current} is not changed.
   */
  ObjectNode patched(
      Kind kind,
      ObjectNode current,
      PatchType type,
      Body patch,
      FieldValidation validation,
      Consumer<String> warnings);

  /**
   * The form in which a document is stored and served: members in Kubernetes' order, what is empty
   * left out. A copy.
   */
  ObjectNode canonical(Kind kind, ObjectNode document);
}
