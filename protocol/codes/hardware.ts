import { codes } from './code.js';

const contradiction =
  'Nothing is rejected by this alone: exams decide. If the report is wrong, update the driver and start the agent again.';
const nothing = 'Nothing to do.';

/** What a host says about itself, where it contradicts itself or is worth a word. */
export const hardwareFindingCodes = codes({
  'hardware.pci-name-mismatch': {
    kind: 'reason',
    title: 'Name and PCI id of different models',
    detail: 'The name of the card and the id on its bus belong to different models.',
    fix: contradiction,
  },
  'hardware.pci-unlisted': {
    kind: 'reason',
    title: 'PCI id not in the catalogue',
    detail:
      'The catalogue does not know this id: a new model, or one that nobody has listed. It is examined by measurement.',
    fix: nothing,
  },
  'hardware.pci-sources-differ': {
    kind: 'reason',
    title: 'Driver and bus disagree',
    detail: 'The driver gives this card another PCI id than the bus itself does.',
    fix: contradiction,
  },
  'hardware.names-differ': {
    kind: 'reason',
    title: 'Two names for one card',
    detail: "The driver's tool and the driver's own files name this card differently.",
    fix: contradiction,
  },
  'hardware.claim-differs': {
    kind: 'reason',
    title: 'Claimed as another card',
    detail: 'The agent claims another model than the report names, or more cards than it shows.',
    fix: contradiction,
  },
  'hardware.memory-mismatch': {
    kind: 'reason',
    title: 'Memory of another model',
    detail: 'No card of this model has this total of memory, with error correction on or off.',
    fix: contradiction,
  },
  'hardware.subsystem-mismatch': {
    kind: 'reason',
    title: 'Subsystem of another board',
    detail: 'The subsystem id belongs to another board than the name says.',
    fix: contradiction,
  },
  'hardware.vbios-mismatch': {
    kind: 'reason',
    title: 'VBIOS of another architecture',
    detail: 'The family of the VBIOS belongs to another architecture than the card.',
    fix: contradiction,
  },
  'hardware.architecture-mismatch': {
    kind: 'reason',
    title: 'Architecture of another card',
    detail: 'The architecture that is reported is not that of the model.',
    fix: contradiction,
  },
  'hardware.part-mismatch': {
    kind: 'reason',
    title: 'Part number of another card',
    detail: 'The part number of the GPU names another PCI id than the card has.',
    fix: contradiction,
  },
  'hardware.driver-too-old': {
    kind: 'reason',
    title: 'Driver older than the card',
    detail: 'This branch of the driver was made before the architecture of the card and cannot run it.',
    fix: contradiction,
  },
  'hardware.driver-too-new': {
    kind: 'reason',
    title: 'Driver that has dropped the card',
    detail: 'This branch of the driver no longer runs the architecture of the card.',
    fix: contradiction,
  },
  'hardware.driver-new': {
    kind: 'reason',
    title: 'Driver not seen before',
    detail: 'The driver is newer than all that are listed. That is no evidence of anything.',
    fix: nothing,
  },
  'hardware.driver-differs': {
    kind: 'reason',
    title: 'Two versions of the driver',
    detail: 'The tool, the library and the kernel module of the driver do not say the same version.',
    fix: 'After an update of the driver restart the machine. Nothing is rejected by this alone.',
  },
  'hardware.power-mismatch': {
    kind: 'reason',
    title: 'Power limits of another card',
    detail: 'The power limits are outside of what boards of this model have.',
    fix: contradiction,
  },
  'hardware.power-capped': {
    kind: 'reason',
    title: 'Power capped',
    detail: 'The card runs below its usual power limit. That is allowed; its exams are slower by it.',
    fix: 'Raise the limit if exams are failed for their rate.',
  },
  'hardware.sm-mismatch': {
    kind: 'reason',
    title: 'Multiprocessors of another model',
    detail: 'The number of multiprocessors is not that of the model.',
    fix: contradiction,
  },
  'hardware.uuid-malformed': {
    kind: 'reason',
    title: 'No id that a driver makes',
    detail: 'The UUID of the card has not the form that drivers give it.',
    fix: contradiction,
  },
  'hardware.uuid-repeated': {
    kind: 'reason',
    title: 'One id for several cards',
    detail: 'Several cards of this host carry the same UUID.',
    fix: contradiction,
  },
  'hardware.bus-repeated': {
    kind: 'reason',
    title: 'Several cards in one place',
    detail: 'Several cards of this host are at the same place on the bus, where only one can be.',
    fix: contradiction,
  },
  'hardware.serial-zero': {
    kind: 'reason',
    title: 'Serial of zeros',
    detail: 'The serial is all zeros: blanked by a cloud, or by a person.',
    fix: nothing,
  },
  'hardware.serial-repeated': {
    kind: 'reason',
    title: 'One serial for several boards',
    detail: 'Several cards that are no parts of one board carry the same serial.',
    fix: contradiction,
  },
  'hardware.slice-mig': {
    kind: 'reason',
    title: 'A MIG slice claimed as a whole card',
    detail: 'The card says that it is split into slices (MIG), and is claimed as a whole one.',
    fix: 'Claim the slices as what they are (the agent does so by itself), or end MIG with `nvidia-smi -mig 0`.',
  },
  'hardware.slice-vgpu': {
    kind: 'reason',
    title: 'A vGPU claimed as a whole card',
    detail:
      'The card says that it is a share that a host gave to this guest (vGPU), and is claimed as a whole one.',
    fix: 'Claim the vGPU as what it is, or pass the whole card through.',
  },
  'hardware.slice-software': {
    kind: 'reason',
    title: 'A software slice claimed as a whole card',
    detail:
      'Software gives out parts of the GPUs of this host, and whole ones are claimed. It is refused where the card itself reports less memory than its model has; else exams decide.',
    fix: 'Run the agent outside of the slicing, with the whole card.',
  },
  'hardware.slice-reported': {
    kind: 'reason',
    title: 'A slice that says so',
    detail: 'The card is a slice and is claimed as one. It is examined by measurement.',
    fix: nothing,
  },
  'hardware.driver-overlaid': {
    kind: 'reason',
    title: 'Something lies over the driver',
    detail:
      'A file system is mounted over files that the driver owns, and not by a container runtime that is known to do so.',
    fix: contradiction,
  },
  'hardware.nvml-replaced': {
    kind: 'reason',
    title: 'Another NVML library',
    detail: 'The library that answers for the driver is not the one of the driver that runs.',
    fix: contradiction,
  },
  'hardware.preloaded': {
    kind: 'reason',
    title: 'A library in every program',
    detail: 'A library that can answer for the driver is loaded into every program.',
    fix: contradiction,
  },
  'hardware.mock-profile': {
    kind: 'reason',
    title: 'A profile of a mock',
    detail: 'The report is one that a known mock of the driver makes.',
    fix: 'Run the agent where the real driver answers. Nothing is rejected by this alone.',
  },
  'hardware.virtual-machine': {
    kind: 'reason',
    title: 'Virtual machine',
    detail: 'The host is a virtual machine. With a whole card passed through that is honest.',
    fix: nothing,
  },
  'hardware.container': {
    kind: 'reason',
    title: 'Container',
    detail: 'The agent runs in a container.',
    fix: nothing,
  },
  'hardware.wsl': {
    kind: 'reason',
    title: 'WSL2',
    detail: 'The host is Linux within Windows: the driver is that of Windows, and some values are not known.',
    fix: nothing,
  },
  'hardware.unread': {
    kind: 'reason',
    title: 'A source could not be read',
    detail: 'A source of the report is there and could not be read. Nothing is held against it.',
    fix: 'Nothing to do; with more rights the report would say more.',
  },
  'hardware.cloned-image': {
    kind: 'reason',
    title: 'A cloned image',
    detail:
      'Other hosts carry the same ids of the system (machine id, host keys, disks): copies of one image.',
    fix: 'Make new ids where an image is copied: `systemd-machine-id-setup`, new host keys.',
  },
});

/** A report that is refused. */
export const hardwareErrorCodes = codes({
  'hardware.misplaced': {
    kind: 'error',
    status: 422,
    title: 'A report that points nowhere',
    detail:
      'A card of the report stands for a claim that is not made or that another one stands for, or an id is given to a card that is not reported.',
    fix: 'Update the agent. If it is your own, number claims and cards from 0 in the order of the same message.',
  },
  'hardware.not-reported': {
    kind: 'error',
    status: 404,
    title: 'No report',
    detail: 'This device has said nothing of its hardware. Nothing is held against it.',
    fix: 'Update the agent: it sends a report when it starts.',
  },
});

/** Several devices claim one GPU. */
export const disputeCodes = codes({
  'dispute.open': {
    kind: 'reason',
    title: 'Another device claims this GPU',
    detail:
      'Another device reports the same id of a GPU. All claimants are examined at the same instant. Nobody is marked for the claim of another.',
    fix: 'Keep the agent connected. If the card was sold or moved, stop the agent that had it: its claim lapses after a week.',
  },
  'dispute.distinct': {
    kind: 'reason',
    title: 'Different GPUs with one id',
    detail:
      'The claimants answered at the same instant: they are different cards, and one of them shows a copied id.',
    fix: nothing,
  },
  'dispute.kept': {
    kind: 'reason',
    title: 'The id is yours',
    detail: 'Another device claimed this GPU and could not show it at the same instant.',
    fix: nothing,
  },
  'dispute.never-together': {
    kind: 'reason',
    hard: true,
    title: 'Never together with the other claimant',
    detail:
      'This device claims a GPU that another one has, and in several exams at the same instant the two never both answered: they share one card, or one of them has none.',
    fix: 'Claim only cards that are in this machine. If it is yours and was copied, appeal to the operator of the verifier.',
  },
  'dispute.lapsed': {
    kind: 'reason',
    title: 'The other claimant is gone',
    detail: 'The other device that claimed this GPU has not been seen for long, or has given it up.',
    fix: nothing,
  },
  'dispute.unknown': {
    kind: 'error',
    status: 404,
    title: 'No such dispute',
    detail: 'There is no dispute with this id.',
    fix: 'See the ids at /v1/disputes.',
  },
});

/** A vendor vouches for a card. */
export const attestationCodes = codes({
  'attestation.accepted': {
    kind: 'reason',
    title: 'Attested',
    detail:
      "The vendor's key in the card has signed our challenge, and its certificates lead to a root that is trusted here.",
    fix: nothing,
  },
  'attestation.not-configured': {
    kind: 'error',
    status: 501,
    title: 'No attestation here',
    detail: 'This verifier trusts no root of any vendor. Attestation is never required.',
    fix: 'Nothing is needed: exams decide.',
  },
  'attestation.no-challenge': {
    kind: 'error',
    status: 409,
    title: 'No exam to attest',
    detail: 'The evidence is not bound to the seed of an exam that this card has passed in the last minutes.',
    fix: 'Attest right after an exam was passed, with the seed of its `exam.go`.',
  },
  'attestation.unreadable': {
    kind: 'error',
    status: 422,
    title: 'Evidence of no known form',
    detail: 'The evidence cannot be read.',
    fix: 'Send the report and the certificates as the driver gives them.',
  },
  'attestation.untrusted': {
    kind: 'error',
    status: 422,
    title: 'Certificates lead nowhere',
    detail: 'The certificates are expired, of the wrong kind, or do not lead to a root that is trusted here.',
    fix: 'Send the whole chain of the card, from its own certificate to the root.',
  },
  'attestation.wrong-signature': {
    kind: 'error',
    status: 422,
    title: 'Wrong signature, or of another challenge',
    detail: 'The report is not signed by the key of the certificate, or not over our challenge.',
    fix: 'Ask the driver for a new report over the challenge of the exam.',
  },
  'attestation.elsewhere': {
    kind: 'error',
    status: 409,
    title: 'This chip speaks for another card',
    detail: 'The same chip has vouched for another card within a day: one of the two is not it.',
    fix: 'If it was moved to this machine, attest again a day after it last was where it came from.',
  },
  'attestation.roots-unreadable': {
    kind: 'error',
    title: 'The trusted roots cannot be read',
    detail: 'A file of roots for attestation is not there, or holds no PEM certificates.',
    fix: "Give the path of the vendor's root certificate in PEM form, or leave the option out.",
  },
});

/** `touchstone inspect`. */
export const inspectCodes = codes({
  'inspect.unreadable': {
    kind: 'error',
    title: 'The captures cannot be read',
    detail: 'The file or folder of captures could not be opened.',
    fix: 'Give a file or a folder that is there and can be read.',
  },
  'inspect.nothing': {
    kind: 'error',
    title: 'No capture of a known form',
    detail: 'None of the files is a report that is known here.',
    fix: 'Make captures with `touchstone inspect --capture DIR`, or with the commands that its help names.',
  },
  'impersonation.unreadable': {
    kind: 'error',
    title: 'The figures cannot be read',
    detail: 'The file of prices is not of the form of scoring/catalogue/units.json.',
    fix: 'See the message: it names the first thing that is wrong.',
  },
});
