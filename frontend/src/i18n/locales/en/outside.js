import common from './common.json'
import community from './community.json'
import errors from './errors.json'
import generations from './generations.json'
import jobs from './jobs.json'
import search from './search.json'
import shell from './shell.json'
import styles from './styles.json'
import titles from './titles.json'

export default { ...common, ...community, ...errors, ...generations, ...jobs, ...search, ...shell, ...styles, ...titles }
