import { ElMessage } from 'element-plus';

export const notify = {
  success: (message: string): void => void ElMessage({ message, type: 'success', grouping: true, duration: 2_500 }),
  failure: (message: string): void =>
    void ElMessage({ message, type: 'error', grouping: true, duration: 8_000, showClose: true }),
};
