package garrison.apiserver.resource;

/** What to do about unknown and duplicate fields of a body (spec: api-server 6.3). */
public enum FieldValidation {
  /** Drop them without a word. */
  IGNORE,
  /** Drop them, and say so in a warning. */
  WARN,
  /** Refuse the request. */
  STRICT
}
