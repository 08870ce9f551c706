import { TooLargeError, type AuditDestination } from '@coffer/audit';
import type { TopicSender } from '@coffer/messaging';
import { CofferError } from '@coffer/secrets';

/** Each line is a message; those of one process go to one partition, in their order. */
export class KafkaDestination implements AuditDestination {
  constructor(
    private readonly sender: TopicSender,
    private readonly key: string,
  ) {}

  async open(): Promise<Record<string, never>> {
    await this.sender.open();
    return {};
  }

  async write(lines: string): Promise<void> {
    try {
      await this.sender.send(this.key, lines.split('\n').slice(0, -1));
    } catch (error) {
      if (CofferError.is(error) && error.code === 'too-large') throw new TooLargeError('MESSAGE_TOO_LARGE');
      throw error;
    }
  }

  close(): Promise<void> {
    return this.sender.close();
  }
}
