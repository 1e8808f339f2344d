package garrison.apiserver.http;

import garrison.apiserver.resource.Body;
import garrison.client.PatchType;
import garrison.model.StatusException;
import garrison.model.StatusReason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How the body of a request is to be read, by its Content-Type (spec: api-server 5.2, 11). Pure.
 */
final class Bodies {
  private Bodies() {}

  /** The body of a POST, PUT or DELETE; 415 for a type that is not read. */
  static Body of(@Nullable String contentType, byte[] bytes) {
    return new Body.Bytes(
        bytes,
        switch (mediaType(contentType)) {
          case "", View.JSON_TYPE -> Body.Format.JSON;
          case View.YAML_TYPE -> Body.Format.YAML;
          case View.PROTOBUF_TYPE -> Body.Format.PROTOBUF;
          default -> throw Refusals.unsupportedBody();
        });
  }

  /** The sort of patch; 415 for any other. */
  static PatchType patchType(@Nullable String contentType) {
    String type = mediaType(contentType);
    for (PatchType patch : PatchType.values()) {
      if (patch.mediaType().equals(type)) {
        if (patch == PatchType.APPLY) {
          throw StatusException.of(
              StatusReason.UNSUPPORTED_MEDIA_TYPE,
              "server-side apply is not served by this version: use kubectl apply without"
                  + " --server-side, or another patch type");
        }
        return patch;
      }
    }
    throw Refusals.unsupportedPatch();
  }

  private static String mediaType(@Nullable String contentType) {
    if (contentType == null) {
      return "";
    }
    int parameters = contentType.indexOf(';');
    return (parameters < 0 ? contentType : contentType.substring(0, parameters))
        .trim()
        .toLowerCase(Locale.ROOT);
  }
}
