"common"
