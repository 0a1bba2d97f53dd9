export { default as ImageDialog } from './ImageDialog.vue'
export { morph } from './morph'
