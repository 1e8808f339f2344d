package garrison.agent.cri;

import io.vertx.grpc.common.GrpcStatus;
import java.util.Locale;

/** A call that the runtime refused, or that did not reach it. Its message is as Go writes it. */
final class RpcFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final GrpcStatus code;
  private final String description;

  RpcFailure(GrpcStatus code, String description) {
    super("rpc error: code = " + name(code) + " desc = " + description);
    this.code = code;
    this.description = description;
  }

  GrpcStatus code() {
    return code;
  }

  /** The runtime's own sentence. */
  String description() {
    return description;
  }

  /** The message. */
  String message() {
    return String.valueOf(getMessage());
  }

  /** What was asked about is not there (any more). */
  boolean notFound() {
    return code == GrpcStatus.NOT_FOUND;
  }

  /** The runtime does not know this call: the feature is not there. */
  boolean unimplemented() {
    return code == GrpcStatus.UNIMPLEMENTED;
  }

  /** As Go's gRPC has it: {@code DeadlineExceeded}. */
  private static String name(GrpcStatus code) {
    if (code == GrpcStatus.CANCELLED) {
      return "Canceled";
    }
    StringBuilder name = new StringBuilder();
    for (String word : code.name().split("_")) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return code == GrpcStatus.OK ? "OK" : name.toString();
  }
}
