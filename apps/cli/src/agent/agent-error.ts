import { detailOf, type ReadAnswer } from '../gateway-client.js';

/** A refusal in the form of AWS Secrets Manager Agent: what it says itself is plain text, what the service says is JSON. */
export class AgentError extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(text);
  }

  /** An error of AWS Secrets Manager by its name. */
  static named(status: number, type: string, message: string): AgentError {
    return new AgentError(status, JSON.stringify({ __type: type, message }));
  }
}

/** The name of AWS Secrets Manager's error for each status of the gateway. */
const NAMES: Readonly<Record<number, string>> = {
  401: 'AccessDeniedException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  429: 'ThrottlingException',
};

/** What the gateway refused. AWS Secrets Manager answers 400 to all that the caller can mend. */
export const refusalOf = ({ status, body }: ReadAnswer): AgentError => {
  const detail = detailOf(body);
  const name = NAMES[status];
  if (name !== undefined) return AgentError.named(400, name, detail);
  return status < 500
    ? AgentError.named(400, 'InvalidParameterException', detail)
    : AgentError.named(503, 'ServiceUnavailable', detail);
};
