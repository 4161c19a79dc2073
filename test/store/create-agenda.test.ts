import { createAgenda } from '../../src/store/create-agenda.ts';
import { agendaContract } from './agenda-contract.ts';

agendaContract('one process', 1, async () => ({ make: createAgenda, close: async () => undefined }));
