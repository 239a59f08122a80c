import { defineManifest } from '@valfri/sdk';

export const manifest = defineManifest({
  id: 'documents-local',
  version: '0.1.0',
  title: { en: 'Built-in documents', sv: 'Inbyggda dokument' },
  description: {
    en: 'Files on this server’s own disk, with nothing else to install; or in an S3 store of your own.',
    sv: 'Filer på den här serverns egen disk, utan något annat att installera; eller i ett eget S3-lager.',
  },
  license: 'Apache-2.0',
  provides: [{ capability: 'documents', major: 0 }],
  files: true,
  network: { outbound: [{ setting: 's3Endpoint' }] },
  data: [
    {
      class: { en: 'what files hold', sv: 'filernas innehåll' },
      where: { en: 'the folder “content” of the instance', sv: 'leverantörens mapp ”content”' },
      purpose: { en: 'files of people and groups', sv: 'personers och gruppers filer' },
      retention: {
        en: 'until the file is deleted for good, or the instance is emptied',
        sv: 'tills filen tas bort för gott, eller leverantörens innehåll raderas',
      },
    },
    {
      class: { en: 'what files hold', sv: 'filernas innehåll' },
      where: {
        en: 'the bucket of an S3 store, where the settings name one, instead of the folder',
        sv: 'en bucket i ett S3-lager i stället för mappen, om inställningarna anger ett',
      },
      purpose: { en: 'files of people and groups', sv: 'personers och gruppers filer' },
      retention: {
        en: 'until the file is deleted for good, or the instance is emptied; longer where the bucket keeps versions',
        sv: 'tills filen tas bort för gott, eller leverantörens innehåll raderas; längre om bucketen sparar versioner',
      },
      leavesTo: {
        en: 'the S3 store whose address is in the settings',
        sv: 'S3-lagret vars adress står i inställningarna',
      },
    },
    {
      class: {
        en: 'names, folders, versions, tags, who was given what, who has locked what',
        sv: 'namn, mappar, versioner, etiketter, vem som har fått vad, vem som har låst vad',
      },
      where: {
        en: 'tables nodes, moved, versions, grants, tags and locks of the instance’s schema',
        sv: 'tabellerna nodes, moved, versions, grants, tags och locks i leverantörens schema i databasen',
      },
      purpose: { en: 'files of people and groups', sv: 'personers och gruppers filer' },
      retention: {
        en: 'until deleted for good; that something was there is kept without its name',
        sv: 'tills de tas bort för gott; att något har funnits behålls, utan namn',
      },
    },
  ],
  settings: {
    type: 'object',
    additionalProperties: false,
    properties: {
      s3Endpoint: {
        type: 'string',
        pattern: '^https?://[^/?#]+(/[^?#]*)?$',
        title: 'S3: address',
        'x-title': { en: 'S3: address', sv: 'S3: adress' },
        'x-description': {
          en: 'Only where files are to go to an S3 store instead of the disk: for example https://s3.eu-north-1.amazonaws.com. Can be left empty.',
          sv: 'Bara om filerna ska ligga i ett S3-lager i stället för på disken: till exempel https://s3.eu-north-1.amazonaws.com. Kan lämnas tom.',
        },
      },
      s3Region: {
        type: 'string',
        pattern: '^[a-z0-9-]*$',
        title: 'S3: region',
        'x-title': { en: 'S3: region', sv: 'S3: region' },
        'x-description': {
          en: 'For example eu-north-1. Many stores of one’s own take us-east-1, which is used where nothing is entered.',
          sv: 'Till exempel eu-north-1. Många egna lager använder us-east-1, som gäller när fältet är tomt.',
        },
      },
      s3Bucket: {
        type: 'string',
        pattern: '^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$',
        title: 'S3: bucket',
        'x-title': { en: 'S3: bucket', sv: 'S3: bucket' },
        'x-description': {
          en: 'It has to be there already.',
          sv: 'Den måste redan finnas.',
        },
      },
      s3Prefix: {
        type: 'string',
        pattern: '^([A-Za-z0-9._-]+/)*$',
        title: 'S3: prefix',
        'x-title': { en: 'S3: prefix', sv: 'S3: prefix' },
        'x-description': {
          en: 'How names of objects begin, with a slash at the end. Only this provider may use it. Where it is empty: the id of the provider.',
          sv: 'Så börjar objektens namn, med snedstreck sist. Bara den här leverantören får använda det. Tomt: leverantörens id.',
        },
      },
      s3PathStyle: {
        type: 'boolean',
        default: true,
        title: 'S3: the bucket is part of the path',
        'x-title': { en: 'S3: the bucket is part of the path', sv: 'S3: bucketen är en del av sökvägen' },
        'x-description': {
          en: 'As most stores have it. If not, the address above begins with the name of the bucket.',
          sv: 'Så är det i de flesta lager. Annars ska adressen ovan börja med bucketens namn.',
        },
      },
      s3AccessKey: {
        type: 'string',
        title: 'S3: access key',
        'x-title': { en: 'S3: access key', sv: 'S3: åtkomstnyckel' },
        'x-description': {
          en: 'Its owner may read, write, list and delete in the bucket.',
          sv: 'Den som har nyckeln får läsa, skriva, lista och ta bort i bucketen.',
        },
      },
      s3SecretKey: {
        type: 'string',
        writeOnly: true,
        title: 'S3: secret key',
        'x-title': { en: 'S3: secret key', sv: 'S3: hemlig nyckel' },
        'x-description': {
          en: 'What belongs to the access key.',
          sv: 'Det som hör till åtkomstnyckeln.',
        },
      },
    },
  },
});
