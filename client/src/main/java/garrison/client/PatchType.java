package garrison.client;

/** The patch formats of the API (spec: api-server 11). */
public enum PatchType {
  JSON("application/json-patch+json"),
  MERGE("application/merge-patch+json"),
  STRATEGIC("application/strategic-merge-patch+json"),
  APPLY("application/apply-patch+yaml");

  private final String mediaType;

  PatchType(String mediaType) {
    this.mediaType = mediaType;
  }

  /** The Content-Type of the request. */
  public String mediaType() {
    return mediaType;
  }
}
