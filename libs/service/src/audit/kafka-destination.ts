import type { AuditDestination } from '@coffer/audit';
import type { TopicSender } from '@coffer/messaging';

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

  write(lines: string): Promise<void> {
    return this.sender.send(this.key, lines.split('\n').slice(0, -1));
  }

  close(): Promise<void> {
    return this.sender.close();
  }
}
