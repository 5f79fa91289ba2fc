import { openLockedParent } from '../../engine/core/locked-parent.ts';

const parent = await openLockedParent();
parent.onMessage((message) => parent.send({ answer: 2n * (message as { twice: bigint }).twice }));
parent.onClose(() => process.exit(0));
