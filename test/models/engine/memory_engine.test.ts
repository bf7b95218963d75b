import { MemoryEngine } from '../../../models/engine/memory_engine.js';
import { CONTRACT_INDEXES, describeEngine } from './contract.js';

describeEngine('memory_engine', async () => new MemoryEngine({ indexes: CONTRACT_INDEXES }));
